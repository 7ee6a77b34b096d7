package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// An aim is a figure that ringpool is to reach.
type aim struct {
	what, figure string
	measure      func(set *samples.Set, noise float64) found
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
		mean(cells("Throughput", "sec/op", "task=0"), times(3.5), geometric, asSpeed),
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
		mean(cells("Throughput", "sec/op", "task=1us").overhead(), share(0.5), arithmetic, asShare),
	},
	{
		"tasks of 10 µs, time above no pool, mean of all cells", "at most half of chanpool's",
		mean(cells("Throughput", "sec/op", "task=10us").overhead(), share(0.5), arithmetic, asShare),
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
		mean(cells("Throughput", "cpu-sec/Mtask", "task=0"), share(0.5), geometric, asShare),
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
func mean(g group, l limit, mean func([]float64) float64, as shown) func(*samples.Set, float64) found {
	return func(set *samples.Set, _ float64) found {
		bare := g.whole(set, "ring", "barechan", l, mean, as)
		return found{ring: g.whole(set, "ring", "chan", l, mean, as), bare: bare.aside()}
	}
}

// every is for "no slower" in every cell of a group, than barechan as well.
func every(g group) func(*samples.Set, float64) found { return everyAs(g, asShare) }

func everyAs(g group, as shown) func(*samples.Set, float64) found {
	return func(set *samples.Set, noise float64) found {
		l := noSlower(noise)
		return found{
			ring:   g.each(set, "ring", []string{"chan"}, l, as),
			bare:   g.each(set, "ring", []string{"barechan"}, l, as),
			double: g.each(set, "chan2", []string{"chan"}, l, as),
		}
	}
}

// everyAndPeers asks for more against the peers, of which the fastest counts,
// cell by cell. A contestant who has been added since the run is none of its peers.
func everyAndPeers(g group, l limit) func(*samples.Set, float64) found {
	var peers []string
	for _, c := range benchmarks.Contestants {
		if !slices.Contains([]string{"chan", "chan2", "barechan", "ring"}, c.Name) {
			peers = append(peers, c.Name)
		}
	}
	return func(set *samples.Set, noise float64) found {
		f := everyAs(g, asSpeed)(set, noise)
		took := slices.DeleteFunc(slices.Clone(peers), func(impl string) bool {
			prefix := samples.Cell(g.benchmark, impl, "")
			return !slices.ContainsFunc(set.Cells(), func(cell string) bool { return strings.HasPrefix(cell, prefix) })
		})
		f.peers = g.each(set, "ring", took, l, asSpeed)
		return f
	}
}

// overFloor compares a cell of Throughput with the floor of the same run.
func overFloor(rest string, times float64) func(*samples.Set, float64) found {
	return func(set *samples.Set, _ float64) found {
		ours := set.Values(samples.Cell("Throughput", "ring", rest), "sec/op")
		floor := set.Values("Floor/impl=mpmc/cap=100", "sec/op")
		if len(ours) == 0 || len(floor) == 0 {
			return found{ring: ruling{verdict: notMeasured}}
		}
		v, p := judge(ours, floor, share(times))
		return found{ring: ruling{v, fmt.Sprintf("%s (p=%.3f)", asShare(median(ours), median(floor), "sec/op"), p)}}
	}
}

// atMost is for a fixed figure in every cell of a group.
func atMost(g group, figure float64) func(*samples.Set, float64) found {
	return func(set *samples.Set, _ float64) found {
		return found{ring: g.below(set, "ring", figure), bare: g.below(set, "barechan", figure).aside()}
	}
}

// fairShare is for the least share of the slowest producer.
func fairShare(rest string, least float64) func(*samples.Set, float64) found {
	const unit = "min/median"
	of := func(set *samples.Set, impl string) ruling {
		values := set.Values(samples.Cell("Fairness", impl, rest), unit)
		if len(values) == 0 {
			return ruling{verdict: notMeasured}
		}
		return ruling{judgeAbsolute(values, least, true), show(samples.Summarize(values), unit)}
	}
	return func(set *samples.Set, _ float64) found {
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

// Aims writes the figures to reach with what the set says of each.
func Aims(set *samples.Set, w io.Writer) error {
	noise, _ := NoiseFloor(set)
	var b strings.Builder
	fmt.Fprintf(&b, "\nThe figures that ringpool is to reach.\n\n"+
		"| what | figure | measured | verdict | against barechan | against the fastest peer |\n"+
		"| --- | --- | --- | --- | --- | --- |\n")
	count := map[verdict]int{}
	var doubles []string
	doubled := map[verdict]int{}
	for _, a := range aims {
		f := a.measure(set, noise.Median)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", a.what, a.figure, f.ring.text, f.ring.verdict, f.bare.cell(), f.peers.cell())
		for _, r := range []ruling{f.ring, f.bare, f.peers} {
			count[r.verdict]++
		}
		doubled[f.double.verdict]++
		if v := f.double.verdict; v == undecided || v == missed {
			doubles = append(doubles, fmt.Sprintf("- %s: %s\n", a.what, f.double.cell()))
		}
	}
	fmt.Fprintf(&b, "\nRulings: %d reached, %d undecided, %d not reached, %d not measured.\n",
		count[reached], count[undecided], count[missed], count[notMeasured])
	fmt.Fprintf(&b, legend, 100*noise.Median)
	if doubled[reached]+len(doubles) > 0 {
		fmt.Fprintf(&b, "\nWhat this run can tell at all: judged like ringpool against chanpool in the rows that\n"+
			"say \"no slower\", chan2, which is chanpool, has %d reached, %d undecided and %d not reached.\n\n%s",
			doubled[reached], doubled[undecided], doubled[missed], strings.Join(doubles, ""))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// legend says how to read the table; its blank is for the noise in percent.
const legend = `
How to read it: 2.41× is how many times as fast ringpool is, by the medians;
1.14 = 41µ/36µ is its figure divided by the other pool's. A figure about every cell
is shown for the worst one; a figure about all cells needs all of them.
"Reached" and "not reached" mean that the medians lie on that side of the figure and
that chance is ruled out: p, shown, is that of a Mann-Whitney test between ringpool's
measurements and the other pool's times the figure, and must be below 0.05; round a
fixed figure, the whole 95 %% interval must lie on that side. "Undecided" is all else.
"No slower" is reached by the medians alone and allows %.1f %%, the median difference
of the A/A pair; to miss it takes p < 0.05 as well.
In a row of many cells some miss by chance: up to one in forty, of equal pools.
`
