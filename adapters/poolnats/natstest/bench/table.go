package main

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// printTable prints the cells as a table in Markdown.
func printTable(w io.Writer, cells []cell) {
	fmt.Fprintln(w, "| task | way | messages/s | CPU per message | redelivered | handled twice | p50 | p99 |")
	fmt.Fprintln(w, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i := range cells {
		c := &cells[i]
		fmt.Fprintf(w, "| %v | %s | %.0f | %v | %d of %d | %d | %v | %v |\n", c.task, c.way,
			c.backlog.rate(), (c.backlog.cpu / time.Duration(c.backlog.messages)).Round(100*time.Nanosecond),
			c.backlog.redelivered, c.backlog.messages, c.backlog.twice,
			c.steady.percentile(50).Round(10*time.Microsecond), c.steady.percentile(99).Round(10*time.Microsecond))
	}
}

// The plot has a panel for each figure, with the tasks from left to right.
const (
	barWidth, barGap, groupGap = 34, 4, 30
	panelHeight, top, left     = 170, 50, 70
)

var colors = []string{"#2b6cb0", "#c05621", "#718096"}

// draw returns the table as a picture: the share of the largest possible number
// of messages that was handled, and how many were delivered again.
func draw(cells []cell) []byte {
	var b bytes.Buffer
	group := len(ways)*(barWidth+barGap) + groupGap
	width := left + len(loads)*group + 20
	height := 2*(panelHeight+top) + 40
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, height)
	panel := func(y int, title string, value func(*cell) float64, unit string) {
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", left, y-20, title)
		for g := range loads {
			most := 0.0
			for k := range ways {
				most = max(most, value(&cells[g*len(ways)+k]))
			}
			x := left + g*group
			for k := range ways {
				c := &cells[g*len(ways)+k]
				h := 0
				if most > 0 {
					h = int(value(c) / most * (panelHeight - 30))
				}
				bar := x + k*(barWidth+barGap)
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", bar, y+panelHeight-20-h, barWidth, h, colors[k])
				fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="10" text-anchor="middle">%.0f</text>`+"\n", bar+barWidth/2, y+panelHeight-24-h, value(c))
			}
			fmt.Fprintf(&b, `<text x="%d" y="%d">tasks of %v</text>`+"\n", x, y+panelHeight-4, loads[g].task)
		}
		fmt.Fprintf(&b, `<text x="8" y="%d" font-size="10">%s</text>`+"\n", y+10, unit)
	}
	panel(top, "messages per second, from a full stream (each task has its own scale)", func(c *cell) float64 { return c.backlog.rate() }, "messages/s")
	panel(top+panelHeight+top, "deliveries that were not the first", func(c *cell) float64 { return float64(c.backlog.redelivered) }, "deliveries")
	for k, w := range ways {
		x := left + k*170
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="12" height="12" fill="%s"/><text x="%d" y="%d">%s</text>`+"\n", x, height-22, colors[k], x+18, height-12, w.name)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
