// Package ringpool is a bounded worker pool.
package ringpool
