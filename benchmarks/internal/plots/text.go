package plots

import "strings"

// Sizes of text, in pixels. They can still be read on a phone, which shows a picture
// at half its size.
const (
	titleSize = 23
	textSize  = 16
	smallSize = 13.5
)

// textWidth returns an upper bound for the width of a text. The reader's font is not
// known; DejaVu Sans is the widest of the usual ones without serifs.
func textWidth(text string, size float64, bold bool) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("mwMW%@", r):
			sum += 0.96
		case strings.ContainsRune(" \u00a0.,:;'|/()-ijlfrt", r):
			sum += 0.41
		default:
			sum += 0.65
		}
	}
	if bold {
		sum *= 1.1
	}
	return sum * size
}

// wrap breaks a text at its spaces into lines of at most the width. It cuts off the end
// of a word that is wider, such as a long regular expression.
func wrap(text string, size float64, bold bool, width float64) []string {
	var lines []string
	for _, word := range strings.Split(text, " ") {
		for runes := []rune(word); textWidth(word, size, bold) > width; {
			runes = runes[:len(runes)-1]
			word = string(runes) + "…"
		}
		if n := len(lines); n > 0 && textWidth(lines[n-1]+" "+word, size, bold) <= width {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
