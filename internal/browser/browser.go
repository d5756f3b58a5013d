// Package browser checks how HTML pages look in headless Chromium. Only tests may import it.
package browser

import (
	"cmp"
	"context"
	_ "embed" // for measure.js
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// view is a window size and color scheme.
type view struct {
	// width is the window width in CSS pixels.
	width int64
	dark  bool
}

// The widths of a small phone, a tablet and a desktop window.
const phone, tablet, desktop = 360, 768, 1440

// views are the views that every page is checked in.
var views = []view{{desktop, false}, {desktop, true}, {tablet, false}, {tablet, true}, {phone, false}, {phone, true}}

func (v view) scheme() string {
	if v.dark {
		return "dark"
	}
	return "light"
}

func (v view) String() string { return fmt.Sprintf("%d-%s", v.width, v.scheme()) }

// page is a rendered page.
type page struct {
	measurements
	// screenshot is a PNG of the whole page if MCPFLEET_SCREENSHOTS is set.
	screenshot []byte
}

// renderTimeout is generous because other tests run at the same time.
const renderTimeout = 2 * time.Minute

// measurements is the result of measure.js.
type measurements struct {
	// Background is the CSS color of the body's background.
	Background, Text string
	// Width is the width of the content. The page scrolls sideways if it exceeds the window width.
	Width int64
	// Lines is the number of lines of text.
	Lines int
	// Cut are texts that extend beyond the window or beyond an element that hides or scrolls its overflow.
	Cut []string
	// Colliding are texts that overlap.
	Colliding []string
	// Pale are texts with a contrast ratio of less than 4.5.
	Pale []string
}

//go:embed measure.js
var measure string

// screenshotsVariable is the environment variable that names a folder for screenshots.
const screenshotsVariable = "MCPFLEET_SCREENSHOTS"

// Look opens a file at the widths of a phone, a tablet and a desktop, each in light and dark mode, and
// returns the text of each view. It fails the test if text is cut off, overlaps or has too little contrast,
// if light and dark mode have the same background, or if the page requests another resource. It skips the
// test without Chromium.
func Look(t *testing.T, file string) (texts []string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	address := "file://" + filepath.ToSlash(path)
	backgrounds := map[string]bool{}
	ctx := start(t)
	requests := recordRequests(ctx, address)
	for _, each := range views {
		rendered := open(ctx, t, address, each)
		rendered.report(t, each)
		rendered.saveScreenshot(t, each)
		backgrounds[rendered.Background] = true
		texts = append(texts, rendered.Text)
	}
	if len(backgrounds) != 2 {
		t.Errorf("got backgrounds %v in light and dark mode, want two", backgrounds)
	}
	for _, request := range requests() {
		t.Errorf("the page requests %s", request)
	}
	return texts
}

// recordRequests records the addresses that a page requests besides its own.
func recordRequests(ctx context.Context, address string) (requests func() []string) {
	var mutex sync.Mutex
	var recorded []string
	chromedp.ListenTarget(ctx, func(event any) {
		request, ok := event.(*network.EventRequestWillBeSent)
		if !ok || request.Request.URL == address || strings.HasPrefix(request.Request.URL, "data:") {
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		recorded = append(recorded, request.Request.URL)
	})
	return func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		return recorded
	}
}

func open(ctx context.Context, t *testing.T, address string, as view) (rendered page) {
	t.Helper()
	// The first Run starts the browser, which exits with that Run's context, so run once before adding the
	// timeout.
	if err := chromedp.Run(ctx, network.Enable()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, renderTimeout)
	defer cancel()
	err := chromedp.Run(ctx,
		emulation.SetDeviceMetricsOverride(as.width, 800, 1, as.width == phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme()}}),
		chromedp.Navigate(address),
		chromedp.Evaluate(measure, &rendered.measurements),
	)
	if err == nil && os.Getenv(screenshotsVariable) != "" {
		err = chromedp.Run(ctx, chromedp.FullScreenshot(&rendered.screenshot, 100))
	}
	if err != nil {
		t.Fatal(err)
	}
	return rendered
}

func (p page) report(t *testing.T, as view) {
	t.Helper()
	if p.Width > as.width {
		t.Errorf("%v: the content is %d pixels wide", as, p.Width)
	}
	if p.Lines == 0 {
		t.Errorf("%v: the page has no text", as)
	}
	for what, found := range map[string][]string{
		"text cut off": p.Cut, "texts overlap": p.Colliding, "text with too little contrast": p.Pale,
	} {
		for _, each := range found {
			t.Errorf("%v: %s: %s", as, what, each)
		}
	}
}

// saveScreenshot writes the screenshot to the folder in MCPFLEET_SCREENSHOTS, if set.
func (p page) saveScreenshot(t *testing.T, as view) {
	t.Helper()
	folder := os.Getenv(screenshotsVariable)
	if folder == "" {
		return
	}
	name := fmt.Sprintf("%s-%v.png", strings.ReplaceAll(t.Name(), "/", "-"), as)
	if err := os.WriteFile(filepath.Join(folder, name), p.screenshot, 0o644); err != nil { //nolint:gosec // the folder is the test runner's choice
		t.Error(err)
	}
}

// start starts a browser for one test.
func start(t *testing.T) context.Context {
	t.Helper()
	program := find()
	if program == "" {
		untested.Skip(t, "how pages look, without Chromium (on Debian: apt-get install chromium; or set CHROME to its path)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		stop()
		if browser := chromedp.FromContext(ctx); browser.Allocator != nil {
			browser.Allocator.Wait() // for the process to exit and its profile to be removed
		}
	})
	return ctx
}

// find returns the path of Chromium, "" if it is not installed.
func find() string {
	names := []string{cmp.Or(os.Getenv("CHROME"), "chromium"), "chromium-browser", "google-chrome", "google-chrome-stable"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
