// Package browser shows a page to tests as a reader sees it: in a real Chromium, without a window.
// Only tests may import the package.
package browser

import (
	"cmp"
	"context"
	_ "embed" // for what is measured
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

// view is how a page is looked at.
type view struct {
	// width of the window, in CSS pixels.
	width int64
	dark  bool
}

// The widths are those of a small phone, of a tablet and of a desk.
const phone, tablet, desk = 360, 768, 1440

// views are those that every page has to bear.
var views = []view{{desk, false}, {desk, true}, {tablet, false}, {tablet, true}, {phone, false}, {phone, true}}

func (v view) scheme() string {
	if v.dark {
		return "dark"
	}
	return "light"
}

func (v view) String() string { return fmt.Sprintf("%d-%s", v.width, v.scheme()) }

// page is what a browser made of a file.
type page struct {
	measured
	// picture is of the whole page, as a PNG, where somebody wants to look at it.
	picture []byte
}

// patience is for a machine that is busy with other tests.
const patience = 2 * time.Minute

// measured is what measure.js answers.
type measured struct {
	// Background is the colour behind everything, as CSS writes it.
	Background, Text string
	// Width is that of the content: more than the window's is a page that has to be pushed sideways.
	Width int64
	// Lines are how many lines of text were looked at.
	Lines int
	// Cut are texts that stand beyond the window, or beyond what hides or scrolls them.
	Cut []string
	// Colliding are texts that lie upon each other.
	Colliding []string
	// Pale are texts with a contrast of less than 4.5 to what they stand on.
	Pale []string
}

//go:embed measure.js
var measure string

// screenshots names a folder that keeps what the tests saw, for somebody to look at.
const screenshots = "MCPFLEET_SCREENSHOTS"

// Look opens a file on a phone, on a tablet and at a desk, in the light and in the dark, and answers
// what can be read in each. It fails the test where a text is cut off, lies upon another or is too pale to
// read, where dark is as light is, and where the page wants anything from elsewhere. The test is skipped
// where there is no Chromium.
func Look(t *testing.T, file string) (texts []string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	address := "file://" + filepath.ToSlash(path)
	backgrounds := map[string]bool{}
	ctx := start(t)
	elsewhere := listen(ctx, address)
	for _, each := range views {
		seen := open(ctx, t, address, each)
		seen.report(t, each)
		seen.keep(t, each)
		backgrounds[seen.Background] = true
		texts = append(texts, seen.Text)
	}
	if len(backgrounds) != 2 {
		t.Errorf("the backgrounds of light and dark are %v", backgrounds)
	}
	for _, wanted := range elsewhere() {
		t.Errorf("the page wants %s", wanted)
	}
	return texts
}

// listen collects the addresses that a page asks for beyond itself.
func listen(ctx context.Context, address string) (elsewhere func() []string) {
	var asked sync.Mutex
	var found []string
	chromedp.ListenTarget(ctx, func(event any) {
		request, ok := event.(*network.EventRequestWillBeSent)
		if !ok || request.Request.URL == address || strings.HasPrefix(request.Request.URL, "data:") {
			return
		}
		asked.Lock()
		defer asked.Unlock()
		found = append(found, request.Request.URL)
	})
	return func() []string {
		asked.Lock()
		defer asked.Unlock()
		return found
	}
}

func open(ctx context.Context, t *testing.T, address string, as view) (seen page) {
	t.Helper()
	// The first to run starts the browser, which ends with the context of whoever did.
	if err := chromedp.Run(ctx, network.Enable()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := chromedp.Run(ctx,
		emulation.SetDeviceMetricsOverride(as.width, 800, 1, as.width == phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme()}}),
		chromedp.Navigate(address),
		chromedp.Evaluate(measure, &seen.measured),
	)
	if err == nil && os.Getenv(screenshots) != "" {
		err = chromedp.Run(ctx, chromedp.FullScreenshot(&seen.picture, 100))
	}
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func (p page) report(t *testing.T, as view) {
	t.Helper()
	if p.Width > as.width {
		t.Errorf("%v: the page is %d wide", as, p.Width)
	}
	if p.Lines == 0 {
		t.Errorf("%v: nothing is to be read", as)
	}
	for what, found := range map[string][]string{
		"a text is cut": p.Cut, "texts collide": p.Colliding, "a text is too pale": p.Pale,
	} {
		for _, each := range found {
			t.Errorf("%v: %s: %s", as, what, each)
		}
	}
}

// keep writes the picture where somebody wants to look at it.
func (p page) keep(t *testing.T, as view) {
	t.Helper()
	folder := os.Getenv(screenshots)
	if folder == "" {
		return
	}
	name := fmt.Sprintf("%s-%v.png", strings.ReplaceAll(t.Name(), "/", "-"), as)
	if err := os.WriteFile(filepath.Join(folder, name), p.picture, 0o644); err != nil { //nolint:gosec // whoever runs the tests names the folder
		t.Error(err)
	}
}

// start starts a browser of the test's own.
func start(t *testing.T) context.Context {
	t.Helper()
	program := find()
	if program == "" {
		untested.Skip(t, "how pages look, for want of Chromium (Debian: apt-get install chromium; or name one in CHROME)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		leave()
		stop()
		if browser := chromedp.FromContext(ctx); browser.Allocator != nil {
			browser.Allocator.Wait() // until the process is gone, and its profile with it
		}
	})
	return ctx
}

func find() string {
	names := []string{cmp.Or(os.Getenv("CHROME"), "chromium"), "chromium-browser", "google-chrome", "google-chrome-stable"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
