module github.com/seed62337844/workerpool

go 1.25

require go.uber.org/atomic v1.12.0

// For the tests.
require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/stretchr/testify v1.12.1
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	pgregory.net/rapid v1.3.0
)
