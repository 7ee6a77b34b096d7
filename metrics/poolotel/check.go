package poolotel

import (
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/seed62337844/workerpool"
)

// Package poolprom has the same checks. They are not shared: modules with versions of their
// own must not depend on the internal packages of one another, and a check of arguments is
// no reason for a public package.

// checkName returns an error unless name can tell one pool from another.
func checkName(name string) error {
	if name == "" {
		return errors.New("name is empty")
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("name is %q, must be valid UTF-8", name)
	}
	return nil
}

// checkNotNil returns an error if value, which the caller knows as what, is nil
// or an interface with a nil in it. The second is not equal to nil, and would
// fail only when it is used.
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
// map, as those of OpenTelemetry are.
func checkProvider(value any) error {
	if err := checkNotNil("provider", value); err != nil {
		return err
	}
	if !reflect.ValueOf(value).Comparable() {
		return fmt.Errorf("provider is a %T, which cannot be compared", value)
	}
	return nil
}

// checkPool returns an error unless pool can be asked for its Stats. A pool that
// was not made by New is not nil, and fails here.
func checkPool(pool Pool) error {
	if err := checkNotNil("pool", pool); err != nil {
		return err
	}
	_, err := statsOf(pool)
	return err
}

// statsOf calls the pool's Stats, and returns its panic as an error. Callbacks run on
// goroutines of the SDK, where a panic would end the program.
func statsOf(pool Pool) (s workerpool.Stats, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("pool is a %T whose Stats panics: %v", pool, value)
		}
	}()
	return pool.Stats(), nil
}
