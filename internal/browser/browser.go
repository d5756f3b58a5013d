// Package browser shows a page to tests as a reader sees it: in a real Chromium, without a window.
// Only tests may import the package.
package browser

import (
	"cmp"
	"context"
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

const phone, desk = 390, 1100

// views are those that every page has to bear.
var views = []view{{desk, false}, {desk, true}, {phone, false}, {phone, true}}

func (v view) scheme() string {
	if v.dark {
		return "dark"
	}
	return "light"
}

func (v view) String() string { return fmt.Sprintf("%d-%s", v.width, v.scheme()) }

// page is what a browser made of a file.
type page struct {
	// picture is of the whole page, as a PNG.
	picture []byte
	// background is the colour behind everything, as CSS writes it.
	background, text string
	// width is that of the content: more than the window's is a page that has to be pushed sideways.
	width int64
	// colliding are texts of drawings that lie upon each other.
	colliding []string
	// elsewhere are the addresses that the page asked for beyond itself.
	elsewhere []string
}

// patience is for a machine that is busy with other tests.
const patience = 2 * time.Minute

// colliding compares the boxes of all texts of all drawings.
const colliding = `(() => {
  const texts = [...document.querySelectorAll("svg text")].map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([a, one], i) => texts.slice(i + 1).forEach(([b, other]) => {
    if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 3 && other.top < one.bottom - 3) {
      found.push(a + " | " + b);
    }
  }));
  return found;
})()`

// screenshots names a folder that keeps what the tests saw, for somebody to look at.
const screenshots = "MCPFLEET_SCREENSHOTS"

// Look opens a file at a desk and on a phone, in the light and in the dark, and answers what can be
// read in each. It fails the test where the page does not fit its window, where texts of a drawing lie
// upon each other, where dark is as light is, and where the page wants anything from elsewhere. The
// test is skipped where there is no Chromium.
func Look(t *testing.T, file string) (texts []string) {
	t.Helper()
	backgrounds := map[string]bool{}
	for _, each := range views {
		seen := open(t, file, each)
		seen.report(t, each)
		seen.keep(t, each)
		backgrounds[seen.background] = true
		texts = append(texts, seen.text)
	}
	if len(backgrounds) != 2 {
		t.Errorf("the backgrounds of light and dark are %v", backgrounds)
	}
	return texts
}

func open(t *testing.T, file string, as view) (seen page) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(start(t), patience)
	defer cancel()
	var asked sync.Mutex
	address := "file://" + filepath.ToSlash(path)
	chromedp.ListenTarget(ctx, func(event any) {
		request, ok := event.(*network.EventRequestWillBeSent)
		if !ok || request.Request.URL == address || strings.HasPrefix(request.Request.URL, "data:") {
			return
		}
		asked.Lock()
		defer asked.Unlock()
		seen.elsewhere = append(seen.elsewhere, request.Request.URL)
	})
	err = chromedp.Run(ctx,
		network.Enable(),
		emulation.SetDeviceMetricsOverride(as.width, 800, 1, as.width == phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: as.scheme()}}),
		chromedp.Navigate(address),
		chromedp.Evaluate("document.documentElement.scrollWidth", &seen.width),
		chromedp.Evaluate("getComputedStyle(document.body).backgroundColor", &seen.background),
		chromedp.Evaluate("document.body.innerText", &seen.text),
		chromedp.Evaluate(colliding, &seen.colliding),
		chromedp.FullScreenshot(&seen.picture, 100),
	)
	if err != nil {
		t.Fatal(err)
	}
	asked.Lock()
	defer asked.Unlock()
	return seen
}

func (p page) report(t *testing.T, as view) {
	t.Helper()
	if p.width > as.width {
		t.Errorf("%v: the page is %d wide", as, p.width)
	}
	for _, pair := range p.colliding {
		t.Errorf("%v: texts collide: %s", as, pair)
	}
	for _, address := range p.elsewhere {
		t.Errorf("%v: the page wants %s", as, address)
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
