package poolotel

import (
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/seed62337844/workerpool"
)

// Package poolprom has the same checks. They are not shared: modules with their own
// versions must not import each other's internal packages, and these checks are no reason
// for a public package.

// checkName returns an error unless name can be the name of a pool.
func checkName(name string) error {
	if name == "" {
		return errors.New("name is empty")
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("name is %q, must be valid UTF-8", name)
	}
	return nil
}

// checkNotNil returns an error if value is nil, or an interface with a nil
// pointer in it. An interface with a nil pointer is not equal to nil, and would
// fail only when it is used. what is the name of the argument.
func checkNotNil(what string, value any) error {
	if value == nil {
		return fmt.Errorf("%s is nil", what)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return fmt.Errorf("%s is a nil %T", what, value)
		}
	}
	return nil
}

// checkProvider returns an error unless value is a provider that can be the key of a
// map, like those of OpenTelemetry.
func checkProvider(value any) error {
	if err := checkNotNil("provider", value); err != nil {
		return err
	}
	if !reflect.ValueOf(value).Comparable() {
		return fmt.Errorf("provider is a %T, which cannot be compared", value)
	}
	return nil
}

// checkPool returns an error if pool is nil or its Stats panics, as in a pool
// that was not made by New.
func checkPool(pool Pool) error {
	if err := checkNotNil("pool", pool); err != nil {
		return err
	}
	_, err := statsOf(pool)
	return err
}

// statsOf calls the pool's Stats, and returns a panic as an error. Callbacks run on
// goroutines of the SDK, where a panic would end the program.
func statsOf(pool Pool) (s workerpool.Stats, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("pool is a %T whose Stats panics: %v", pool, value)
		}
	}()
	return pool.Stats(), nil
}
