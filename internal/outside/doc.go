// Package outside tests that the modules of this repository can be used from
// outside. In the tree they find one another by replace directives, which
// importers ignore. So a module could pass all its tests and still be impossible
// to install. The package also tries out a release: it runs the commands of
// docs/release.md.
package outside
