package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/charmbracelet/bubbles/help"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
	"github.com/cdtait/mcpfleet/internal/view"
)

const (
	// maxWatchLines is how many lines the screen keeps.
	maxWatchLines = 2000
	// maxRemarks is how many problems the screen lists below the table.
	maxRemarks = 4
	// minTextWidth is the width below which text is not wrapped beside the first cells of its row, but below them.
	minTextWidth = 30
	// minPane is the fewest rows of events and logs, if the terminal has them.
	minPane = 5
)

// showScreen shows the screen until the user quits. Ctrl-C is a key on it, and ends a command that a key has started; both
// signals end the screen itself, but only this function may handle them, or the terminal would stay as it is.
func (w *watcher) showScreen(parent context.Context) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(parent), syscall.SIGTERM)
	defer stop()
	if parent.Err() != nil {
		return nil // interrupted before
	}
	screen := newWatchScreen(ctx, w)
	program := tea.NewProgram(screen, tea.WithContext(ctx), tea.WithInput(w.app.In), tea.WithOutput(w.app.Out), tea.WithAltScreen(), tea.WithoutSignalHandler())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer close(interrupts)
	defer signal.Stop(interrupts)
	go func() {
		for range interrupts {
			if !screen.away.Load() {
				program.Quit()
			}
		}
	}()
	watching, done := context.WithCancel(ctx)
	defer done()
	go func() {
		for update := range w.updates(watching) {
			program.Send(update)
		}
	}()
	if _, err := program.Run(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// watchScreen is the state of the screen, a tea.Model.
type watchScreen struct {
	ctx           context.Context
	watcher       *watcher
	width, height int

	// statuses are those of the regions, nil until the first is known.
	statuses []*ops.Status
	drains   drains
	// widest is the length of the longest name of a region.
	widest int
	// away reports whether a command has the terminal.
	away atomic.Bool
	// selected is the index of a region, or allRegions.
	selected int
	// lines are the latest events and log events, by time. stale reports whether the pane shows others.
	lines []watchLine
	stale bool

	pane viewport.Model
	help help.Model
	keys watchKeys
}

// allRegions is the selection of all regions.
const allRegions = -1

func newWatchScreen(ctx context.Context, w *watcher) *watchScreen {
	keys := help.New()
	keys.Styles, keys.FullSeparator = help.Styles{ShortKey: bold, FullKey: bold}, "  "
	widest := 0
	for _, region := range w.connected.Regions {
		widest = max(widest, len(region.Name))
	}
	return &watchScreen{
		ctx: ctx, watcher: w, statuses: make([]*ops.Status, len(w.connected.Regions)), selected: allRegions, widest: widest,
		pane: viewport.New(0, 0), help: keys, keys: newWatchKeys(),
	}
}

// bold needs no color, so that it suits every background and NO_COLOR.
var bold = lipgloss.NewStyle().Bold(true)

// returned means that a command has given the terminal back.
type returned struct{}

// clockTick makes the screen show the time.
type clockTick struct{}

func (s *watchScreen) tick() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return clockTick{} })
}

// Init starts the clock.
func (s *watchScreen) Init() tea.Cmd { return s.tick() }

// Update changes the screen by news and keys.
func (s *watchScreen) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	var command tea.Cmd
	switch message := message.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height, s.stale = message.Width, message.Height, true
	case tea.KeyMsg:
		command = s.enter(message)
	case watchUpdate:
		s.update(message)
	case clockTick:
		command = s.tick()
	case returned:
		s.away.Store(false)
		s.watcher.refresh()
	}
	s.layOut()
	return s, command
}

func (s *watchScreen) update(update watchUpdate) {
	switch {
	case update.drains != nil:
		s.drains = *update.drains
	case update.status != nil:
		s.statuses[s.indexOf(update.status.Region)] = update.status
	case update.failed != nil:
		problem := s.watcher.app.problemText(ops.ProblemOf(update.err))
		s.add(watchLine{Kind: kindError, Region: update.failed.Name, Time: s.watcher.app.Now().UTC(), Text: update.what + ": " + problem})
	default:
		s.add(update.lines...)
	}
}

func (s *watchScreen) indexOf(region string) int {
	return slices.IndexFunc(s.watcher.connected.Regions, func(each *ops.Region) bool { return each.Name == region })
}

// add adds lines and keeps the latest.
func (s *watchScreen) add(lines ...watchLine) {
	s.lines = append(s.lines, lines...)
	slices.SortStableFunc(s.lines, func(a, b watchLine) int { return a.Time.Compare(b.Time) })
	dropped := max(len(s.lines)-maxWatchLines, 0)
	if !s.pane.AtBottom() {
		rows := 0
		for _, line := range s.lines[:dropped] {
			rows += len(s.rows(line))
		}
		s.pane.SetYOffset(s.pane.YOffset - rows) // what is read stays where it is
	}
	s.lines = s.lines[dropped:]
	s.stale = true
}

// enter handles keys. Those that were pressed fast arrive together. Text that is pasted is not meant as keys.
func (s *watchScreen) enter(pressed tea.KeyMsg) (command tea.Cmd) {
	if pressed.Paste || pressed.Alt {
		return nil
	}
	if pressed.Type != tea.KeyRunes {
		return s.press(pressed)
	}
	for _, each := range pressed.Runes {
		if command = s.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{each}}); command != nil {
			break // the keys after one that leaves the screen were for this screen
		}
	}
	return command
}

// press handles a key.
func (s *watchScreen) press(pressed tea.KeyMsg) tea.Cmd {
	regions := len(s.statuses)
	switch {
	case key.Matches(pressed, s.keys.quit):
		return tea.Quit
	case key.Matches(pressed, s.keys.suspend):
		return tea.Suspend
	case key.Matches(pressed, s.keys.up):
		s.selectRegion(max(s.selected-1, allRegions))
	case key.Matches(pressed, s.keys.down):
		s.selectRegion(min(s.selected+1, regions-1))
	case key.Matches(pressed, s.keys.all):
		s.selectRegion(allRegions)
	case key.Matches(pressed, s.keys.pageUp):
		s.pane.PageUp()
	case key.Matches(pressed, s.keys.pageDown):
		s.pane.PageDown()
	case key.Matches(pressed, s.keys.help):
		s.help.ShowAll = !s.help.ShowAll
	}
	for _, command := range slices.Concat(watchCommands...) {
		if key.Matches(pressed, command.key) {
			run := &keyRun{ctx: s.ctx, watcher: s.watcher, command: command, region: s.selectedRegion()}
			s.away.Store(true)
			return tea.Exec(run, func(error) tea.Msg { return returned{} })
		}
	}
	return nil
}

func (s *watchScreen) selectRegion(index int) {
	if s.selected != index {
		s.selected = index
		s.fillPane()
		s.pane.GotoBottom()
	}
}

// selectedRegion returns the name of the selected region, "" for all.
func (s *watchScreen) selectedRegion() string {
	if s.selected == allRegions {
		return ""
	}
	return s.watcher.connected.Regions[s.selected].Name
}

// View draws the screen.
func (s *watchScreen) View() string {
	if s.width == 0 {
		return "" // the size is not known yet
	}
	lines := append(s.top(), strings.Split(s.pane.View(), "\n")...)
	lines = append(lines, s.bottom()...)
	lines = lines[:min(len(lines), s.height)]
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, s.width, "…")
	}
	return strings.Join(lines, "\n")
}

// layOut gives the events and logs the rows that the rest leaves.
func (s *watchScreen) layOut() {
	if s.width == 0 {
		return
	}
	s.help.Width = s.width
	follows := s.pane.AtBottom()
	s.pane.Width, s.pane.Height = s.width, max(s.height-len(s.top())-len(s.bottom()), 0)
	if s.stale {
		s.fillPane()
		s.stale = false
	}
	if follows {
		s.pane.GotoBottom()
	}
}

// top returns the rows above the events and logs.
func (s *watchScreen) top() []string {
	a := s.watcher.app
	lines := []string{bold.Render(a.Now().UTC().Format("15:04:05 MST")) + "  " + a.subject, ""}
	lines = append(lines, s.table()...)
	if remarks := s.remarks(); len(remarks) > 0 {
		lines = append(lines, "")
		lines = append(lines, remarks...)
	}
	title := "── events and logs of " + s.selectionText() + " "
	if !s.pane.AtBottom() {
		title += "── scrolled back, pgdown returns "
	}
	return append(lines, "", title+strings.Repeat("─", max(s.width-ansi.StringWidth(title), 0)))
}

func (s *watchScreen) selectionText() string {
	if region := s.selectedRegion(); region != "" {
		return region
	}
	return "all regions"
}

// table returns the header of the table, a row for all regions, and as many regions as there is room for, with the selected
// one among them.
func (s *watchScreen) table() []string {
	fixed := 2 + 2 + maxRemarks + 1 + 2 + minPane + len(s.bottom())
	room := min(max(s.height-fixed, 3), len(s.statuses))
	first := min(max(s.selected-room/2, 0), len(s.statuses)-room)
	table := view.Block{
		Align: strings.Repeat("l", len(statusHeader)), Header: slices.Clone(statusHeader),
		Expendable: slices.Concat(statusExpendable, []string{"HEALTHY"}),
		Rows:       [][]string{{s.marked(allRegions, "all"), s.summary(room)}},
	}
	table.Header[0] = "  " + table.Header[0]
	for i := first; i < first+room; i++ {
		row := statusRow(s.status(i))
		row[0] = s.marked(i, row[0])
		table.Rows = append(table.Rows, row)
	}
	lines, _ := table.Fit(s.width)
	for i, line := range lines {
		if strings.HasPrefix(line, marker) || i == 0 {
			lines[i] = bold.Render(line)
		}
	}
	return lines
}

// marker marks the selected row.
const marker = "▸ "

func (s *watchScreen) marked(index int, name string) string {
	if index == s.selected {
		return marker + name
	}
	return "  " + name
}

// status returns the status of a region as it is known.
func (s *watchScreen) status(index int) ops.Status {
	if s.statuses[index] == nil {
		return ops.Status{Region: s.watcher.connected.Regions[index].Name, Schedule: ops.Timing{Text: "…"}}
	}
	status := *s.statuses[index]
	status.Drift = slices.Clone(status.Drift)
	status.MarkDrained(s.drains.names)
	return status
}

// summary says how many regions need attention, and how many are shown.
func (s *watchScreen) summary(shown int) string {
	pending, bad := 0, 0
	for i := range s.statuses {
		switch status := s.status(i); {
		case s.statuses[i] == nil:
			pending++
		case len(status.Problems) > 0 || len(status.Drift) > 0:
			bad++
		}
	}
	parts := []string{text.Count(len(s.statuses), "region")}
	if bad > 0 {
		parts = append(parts, fmt.Sprintf("%d with problems or drift", bad))
	}
	if pending > 0 {
		parts = append(parts, fmt.Sprintf("%d not read yet", pending))
	}
	if shown < len(s.statuses) {
		parts = append(parts, fmt.Sprintf("%d shown here", shown))
	}
	return strings.Join(parts, ", ")
}

// remarks returns the problems and the drift of the selected regions, in rows: of one region whole sentences, of all as
// much as fits into a row each.
func (s *watchScreen) remarks() []string {
	var remarks []string
	for i := range s.statuses {
		if s.selected != allRegions && s.selected != i {
			continue
		}
		status := s.status(i)
		for _, problem := range status.Problems {
			remarks = append(remarks, status.Region+": "+s.watcher.app.problemText(problem))
		}
		for _, drift := range status.Drift {
			remarks = append(remarks, status.Region+": drift: "+s.watcher.app.problemText(drift))
		}
	}
	if s.selected == allRegions && s.drains.unknown != "" {
		remarks = append([]string{s.drains.unknown}, remarks...)
	}
	var rows []string
	for _, remark := range remarks {
		remark = cells(remark)
		if s.selected == allRegions {
			rows = append(rows, remark)
			continue
		}
		rows = append(rows, hang("", remark, s.width)...)
	}
	if more := len(rows) - maxRemarks; more > 0 {
		rows = append(rows[:maxRemarks-1], "and more; i asks the doctor, f shows the drift")
	}
	return rows
}

// hang wraps a text after the first cells of its row, and indents the rows that follow.
func hang(first, text string, width int) []string {
	indent := ansi.StringWidth(first)
	if width-indent < minTextWidth {
		first, text, indent = "", first+text, 2
	}
	rows := strings.Split(ansi.Wrap(text, max(width-indent, 1), " "), "\n")
	for i := range rows {
		if i == 0 {
			rows[i] = first + rows[i]
			continue
		}
		rows[i] = strings.Repeat(" ", indent) + strings.TrimLeft(rows[i], " ")
	}
	return rows
}

// fillPane puts the lines of the selected regions into the pane, wrapped to its width.
func (s *watchScreen) fillPane() {
	var rows []string
	for _, line := range s.lines {
		rows = append(rows, s.rows(line)...)
	}
	if len(rows) == 0 {
		rows = []string{"nothing yet"}
	}
	s.pane.SetContent(strings.Join(rows, "\n"))
}

// rows returns the rows of a line, none if it is not of the selected region.
func (s *watchScreen) rows(line watchLine) []string {
	if region := s.selectedRegion(); region != "" && line.Region != region {
		return nil
	}
	name := s.watcher.app.colored(s.watcher.connected.Regions, line.Region) + strings.Repeat(" ", s.widest-len(line.Region))
	return hang(fmt.Sprintf("%s %s %-5s ", line.Time.Format("15:04:05"), name, line.Kind), cells(line.Text), s.width)
}

// cells makes a text printable, with a width that can be measured: tabs become spaces.
func cells(text string) string { return strings.ReplaceAll(view.Printable(text), "\t", "    ") }

// bottom returns the keys.
func (s *watchScreen) bottom() []string { return strings.Split(s.help.View(s.keys), "\n") }
