// Package panictext makes a text of the value of a panic. The value can be
// anything: a map that contains itself or is being written, an error whose method
// Error waits for a lock that its goroutine holds, a text of gigabytes. So the text
// has a bounded length and is made in a bounded time, and nothing that the value
// refers to is read, except by the value's own methods.
//
// One danger is left. A fatal error of the runtime ends the process, and no code
// can prevent that. It happens if a method Error or String recurses forever, or
// reads a map that is being written.
package panictext

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxLength = 4 << 10     // of a text, in bytes, without the note about its length
	timeLimit = time.Second // for the value's own methods
)

// Of returns a text for value. For an error it calls Error, and for a
// [fmt.Stringer] it calls String. If the method panics, calls [runtime.Goexit] or
// does not return within a second, the text says so. A number, a boolean and a
// string are printed. For every other value the text is the name of its type.
func Of(value any) string {
	switch v := value.(type) {
	case error:
		return ask(value, "Error", v.Error)
	case fmt.Stringer:
		return ask(value, "String", v.String)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.String:
		return shorten(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())
	}
	return "(" + typeName(value) + ")"
}

// Line returns text on one line. Characters that cannot be printed are escaped
// as in a Go string.
func Line(text string) string {
	printable := func(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }
	if strings.IndexFunc(text, func(r rune) bool { return !printable(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if printable(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// ask calls a method of value on a goroutine of its own, because it may block
// forever or call Goexit. If the method never returns, neither does that goroutine.
func ask(value any, name string, method func() string) string {
	answer := make(chan string, 1)
	go func() {
		text := "(" + typeName(value) + ": " + name + " called runtime.Goexit)"
		defer func() { answer <- text }()
		returned := false
		func() {
			defer func() { _ = recover() }()
			text, returned = shorten(method()), true
		}()
		if !returned {
			text = "(" + typeName(value) + ": " + name + " panicked)"
		}
	}()
	timer := time.NewTimer(timeLimit)
	defer timer.Stop()
	select {
	case text := <-answer:
		return text
	case <-timer.C:
		return fmt.Sprintf("(%s: %s has not returned after %v)", typeName(value), name, timeLimit)
	}
}

// typeName returns the name of value's type. The type of a struct without a name
// has a long text.
func typeName(value any) string { return shorten(reflect.TypeOf(value).String()) }

// shorten returns text or, if it is too long, its beginning and its length. The
// beginning is a copy, so that the rest is not kept alive.
func shorten(text string) string {
	if len(text) <= maxLength {
		return text
	}
	end := maxLength
	for end > maxLength-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end-- // so that no character is cut
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:end], len(text))
}
