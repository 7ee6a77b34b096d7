// Package outside shows that the modules of this repository can be used from
// outside it. In the tree they find one another by replace directives, which
// importers ignore, so a module can pass all of its tests and still be impossible
// to install. And it is the dry run of a release: it runs the commands of docs/release.md.
package outside
