// Package workerpool is the contract of the bounded worker pools in package
// ringpool and package chanpool: their errors, options and statistics, and what
// runs on either of them.
package workerpool
