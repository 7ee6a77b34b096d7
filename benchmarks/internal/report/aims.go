package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// An aim is a figure that ringpool is to reach.
type aim struct {
	what, figure string
	measure      func(set *samples.Set) found
}

// Found is what a run says of an aim: the ruling on ringpool, against chanpool
// if the aim is a comparison; the same against barechan, and against the fastest
// of the peers, where a figure was asked for; and, where it was "no slower", the
// ruling on chanpool's double against chanpool.
type found struct {
	ring, bare, peers, double ruling
}

const (
	tiny  = "size=1,2"
	large = "size=8,50,1000"
)

// aims is the table, in the order in which it is shown.
var aims = []aim{
	{
		"empty tasks, all sizes and numbers of producers", "geometric mean at least 3.5 times chanpool",
		mean(cells("Throughput", "sec/op", "task=0"), times(3.5), asSpeed),
	},
	{
		"empty tasks, every cell of size 8, 50, 1000", "no slower than chanpool; at least 4 times the fastest other pool",
		everyAndPeers(cells("Throughput", "sec/op", "task=0", large), times(4)),
	},
	{
		"empty tasks, every cell of size 1, 2", "no slower than chanpool; at least 1.5 times the fastest other pool",
		everyAndPeers(cells("Throughput", "sec/op", "task=0", tiny), times(1.5)),
	},
	{
		"tasks of 1 µs, time above no pool, mean of all cells", "at most half of chanpool's",
		overheads(cells("Throughput", "sec/op", "task=1us").overhead(), share(0.5)),
	},
	{
		"tasks of 10 µs, time above no pool, mean of all cells", "at most half of chanpool's",
		overheads(cells("Throughput", "sec/op", "task=10us").overhead(), share(0.5)),
	},
	{
		"tasks of 1 and 10 µs, every cell", "no slower than chanpool",
		every(cells("Throughput", "sec/op", "task=1us,10us")),
	},
	{
		"an empty task against the floor, size 50, 1 producer", "at most 1.5 times",
		overFloor("size=50/producers=1/task=0", 1.5),
	},
	{
		"an empty task against the floor, size 50, 4 producers", "at most 1.5 times",
		overFloor("size=50/producers=4/task=0", 1.5),
	},
	{
		"an empty task against the floor, size 50, 100 producers", "at most 2 times",
		overFloor("size=50/producers=100/task=0", 2),
	},
	{
		"refusing a task, every cell", "at most 10 ns",
		atMost(cells("Rejection", "sec/op"), 10e-9),
	},
	{
		"wake into an idle pool, median", "no slower than chanpool",
		every(cells("Wake", "p50-sec")),
	},
	{
		// Gaps of a millisecond give too few samples for this percentile.
		"wake into an idle pool, 99th percentile", "no slower than chanpool",
		every(cells("Wake", "p99-sec", "gap=20us")),
	},
	{
		"burst of 2×size computing tasks, size 50 and 1000", "no slower than chanpool",
		every(cells("Burst", "sec/op", "size=50,1000", "tasks=compute")),
	},
	{
		"burst of 2×size blocking tasks, size 50 and 1000", "no slower than chanpool",
		every(cells("Burst", "sec/op", "size=50,1000", "tasks=block")),
	},
	{
		"open loop at 80 % load, 99th percentile", "no worse than chanpool",
		every(cells("OpenLoop", "p99-sec", "load=80")),
	},
	{
		"open loop at 80 % load, 99.9th percentile", "no worse than chanpool",
		every(cells("OpenLoop", "p99.9-sec", "load=80")),
	},
	{
		"10,000 producers, share of the slowest", "at least half of the median's",
		fairShare("size=50/producers=10000/task=1us", 0.5),
	},
	{
		"10,000 producers, time per task", "no slower than chanpool",
		every(cells("Fairness", "sec/op", "producers=10000")),
	},
	{
		"CPU time, empty tasks", "geometric mean at most half of chanpool's",
		mean(cells("Throughput", "cpu-sec/Mtask", "task=0"), share(0.5), asShare),
	},
	{
		"CPU time, every saturated cell", "no more than chanpool's",
		every(cells("Throughput", "cpu-sec/Mtask")),
	},
	{
		"GOMAXPROCS=1, every cell", "no slower than chanpool",
		every(cells("OneProcessor", "sec/op")),
	},
	{
		"allocations per task, every saturated cell", "0",
		atMost(cells("Throughput", "allocs/op"), 0),
	},
	{
		"allocations per refusal, every cell", "0",
		atMost(cells("Rejection", "allocs/op"), 0),
	},
}

// mean is for an aim in one mean over a group.
func mean(g group, l limit, as shown) func(*samples.Set) found {
	return func(set *samples.Set) found {
		bare := g.whole(set, "ring", "barechan", l, as)
		return found{ring: g.whole(set, "ring", "chan", l, as), bare: bare.aside()}
	}
}

// overheads is for an aim in the mean of what is above the tasks alone.
func overheads(g group, l limit) func(*samples.Set) found {
	return func(set *samples.Set) found {
		bare := g.overheads(set, "ring", "barechan", l)
		return found{ring: g.overheads(set, "ring", "chan", l), bare: bare.aside()}
	}
}

// every is for "no slower" in every cell of a group, than barechan as well.
func every(g group) func(*samples.Set) found { return everyAs(g, asShare) }

func everyAs(g group, as shown) func(*samples.Set) found {
	return func(set *samples.Set) found {
		return found{
			ring:   g.each(set, "ring", []string{"chan"}, noSlower, as),
			bare:   g.each(set, "ring", []string{"barechan"}, noSlower, as),
			double: g.each(set, "chan2", []string{"chan"}, noSlower, as),
		}
	}
}

// everyAndPeers asks for more against the peers, of which the fastest counts,
// cell by cell. A contestant who has been added since the run is none of its peers.
func everyAndPeers(g group, l limit) func(*samples.Set) found {
	var peers []string
	for _, c := range benchmarks.Contestants {
		if !slices.Contains([]string{"chan", "chan2", "barechan", "ring"}, c.Name) {
			peers = append(peers, c.Name)
		}
	}
	return func(set *samples.Set) found {
		f := everyAs(g, asSpeed)(set)
		took := slices.DeleteFunc(slices.Clone(peers), func(impl string) bool {
			prefix := samples.Cell(g.benchmark, impl, "")
			return !slices.ContainsFunc(set.Cells(), func(cell string) bool { return strings.HasPrefix(cell, prefix) })
		})
		f.peers = g.each(set, "ring", took, l, asSpeed)
		return f
	}
}

// overFloor compares a cell of Throughput with the floor of the same run. They are
// no neighbours.
func overFloor(rest string, times float64) func(*samples.Set) found {
	return func(set *samples.Set) found {
		ours, floor := samples.Cell("Throughput", "ring", rest), "Floor/impl=mpmc/cap=100"
		mine, theirs := set.ByVisit(ours, "sec/op"), set.ByVisit(floor, "sec/op")
		if mine == nil || theirs == nil {
			return found{ring: ruling{verdict: notMeasured}}
		}
		e := join([]estimate{bootstrap(ours, mine), bootstrap(floor, theirs)},
			func(v []float64) float64 { return math.Log(v[0] / v[1]) })
		return found{ring: ruling{verdict: e.within(share(times)), text: asShare(e)}}
	}
}

// atMost is for a fixed figure in every cell of a group.
func atMost(g group, figure float64) func(*samples.Set) found {
	return func(set *samples.Set) found {
		return found{ring: g.below(set, "ring", figure), bare: g.below(set, "barechan", figure).aside()}
	}
}

// fairShare is for the least share of the slowest producer.
func fairShare(rest string, least float64) func(*samples.Set) found {
	const unit = "min/median"
	of := func(set *samples.Set, impl string) ruling {
		values := set.Values(samples.Cell("Fairness", impl, rest), unit)
		if len(values) == 0 {
			return ruling{verdict: notMeasured}
		}
		return ruling{verdict: judgeAbsolute(values, least, true), text: show(samples.Summarize(values), unit)}
	}
	return func(set *samples.Set) found {
		return found{ring: of(set, "ring"), bare: of(set, "barechan").aside()}
	}
}

// aside is a ruling of which only the figure is asked for.
func (r ruling) aside() ruling { return ruling{text: r.text} }

// cell is how a ruling is shown beside the one that counts.
func (r ruling) cell() string {
	switch {
	case r.verdict == nothing:
		return r.text
	case r.text == "":
		return r.verdict.String()
	}
	return r.verdict.String() + ": " + r.text
}

// Aims writes the figures to reach with what the set says of each, a table for each
// distance: what is not reached first, and only what was measured.
func Aims(set *samples.Set, w io.Writer) error {
	var b strings.Builder
	any := false
	for _, d := range set.Columns() {
		any = aimsAt(&b, set.At(d), d) || any
	}
	if any {
		fmt.Fprintf(&b, legend, 100*(float64(noSlower)-1))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// aimsAt writes the table of a distance, and reports whether there is anything in it.
func aimsAt(b *strings.Builder, set *samples.Set, d distance.Distance) bool {
	type row struct {
		aim
		found
	}
	var rows []row
	count, doubled, decided := map[verdict]int{}, map[verdict]int{}, map[verdict]int{}
	for _, a := range aims {
		f := a.measure(set)
		for _, r := range []ruling{f.ring, f.bare, f.peers} {
			count[r.verdict]++
		}
		if f.double.verdict != nothing { // "no slower"
			for v, n := range f.ring.cells {
				decided[v] += n
			}
		}
		for v, n := range f.double.cells {
			doubled[v] += n
		}
		if f.ring.verdict != notMeasured {
			rows = append(rows, row{a, f})
		}
	}
	if len(rows) == 0 {
		return false
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(b.ring.verdict - a.ring.verdict) })
	fmt.Fprintf(b, "\nThe figures that ringpool is to reach%s.\n\n"+
		"| what | figure | measured | verdict | against barechan | against the fastest peer |\n"+
		"| --- | --- | --- | --- | --- | --- |\n", title(d))
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", r.what, r.figure, r.ring.text, r.ring.verdict, r.bare.cell(), r.peers.cell())
	}
	fmt.Fprintf(b, "\nRulings: %d reached, %d undecided, %d not reached, %d not measured.\n",
		count[reached], count[undecided], count[missed], count[notMeasured])
	cells := func(who string, c map[verdict]int) {
		if all := c[reached] + c[undecided] + c[missed]; all > 0 {
			fmt.Fprintf(b, "%s, cell by cell: %d reached, %d undecided, %d not reached; %.0f %% are decided.\n", who,
				c[reached], c[undecided], c[missed], 100*float64(all-c[undecided])/float64(all))
		}
	}
	cells("Rows that say \"no slower\"", decided)
	cells("The same rows for chan2, which is chanpool", doubled)
	return true
}

// title says in a heading at which distance.
func title(d distance.Distance) string {
	if d == distance.Unknown {
		return ""
	}
	return ", processors " + string(d)
}

// legend says how to read the table; its blank is for the margin in percent.
const legend = `
How to read it: 2.41× [2.30, 2.55] is how many times as fast ringpool is, and 0.41 its
share of the other pool's figure, each with its 95 %% interval: the median ratio of
neighbours, and the bootstrap over visits (benchmarks/README.md says what they are).
A figure about every cell is shown for the worst one; a figure about all cells needs
all of them. "Reached" and "not reached" mean that the whole interval lies on that side
of the figure, and "undecided" is all else. "No slower" allows %.0f %%.
In a row of many cells some miss by chance: of equal pools up to one in forty, and up to
one in twenty if there are fewer than ten visits to a cell.
`
