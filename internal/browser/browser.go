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
)

// View is how a page is looked at.
type View struct {
	// Width of the window, in CSS pixels.
	Width int64
	Dark  bool
}

// Phone and Desk are the views that a page has to bear.
var (
	Phone = View{Width: 390}
	Desk  = View{Width: 1100}
)

// InTheDark is the view of somebody who prefers dark pages.
func (v View) InTheDark() View {
	v.Dark = true
	return v
}

func (v View) scheme() string {
	if v.Dark {
		return "dark"
	}
	return "light"
}

// Page is what a browser made of a file.
type Page struct {
	// PNG is a picture of the whole page.
	PNG []byte
	// Width is that of the content: more than the window's is a page that has to be pushed sideways.
	Width int64
	// Background is the colour behind everything, as CSS writes it.
	Background string
	// Text is what can be read.
	Text string
	// Colliding are texts of drawings that lie upon each other.
	Colliding []string
	// Elsewhere are the addresses that the page asked for beyond itself.
	Elsewhere []string
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

// Look opens a file. The test is skipped where there is no Chromium.
func Look(t *testing.T, file string, view View) Page {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(start(t), patience)
	defer cancel()
	var page Page
	var asked sync.Mutex
	address := "file://" + filepath.ToSlash(path)
	chromedp.ListenTarget(ctx, func(event any) {
		request, ok := event.(*network.EventRequestWillBeSent)
		if !ok || request.Request.URL == address || strings.HasPrefix(request.Request.URL, "data:") {
			return
		}
		asked.Lock()
		defer asked.Unlock()
		page.Elsewhere = append(page.Elsewhere, request.Request.URL)
	})
	err = chromedp.Run(ctx,
		network.Enable(),
		emulation.SetDeviceMetricsOverride(view.Width, 800, 1, view.Width < 500),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme()}}),
		chromedp.Navigate(address),
		chromedp.Evaluate("document.documentElement.scrollWidth", &page.Width),
		chromedp.Evaluate("getComputedStyle(document.body ?? document.documentElement).backgroundColor", &page.Background),
		chromedp.Evaluate("document.body?.innerText ?? document.documentElement.textContent", &page.Text),
		chromedp.Evaluate(colliding, &page.Colliding),
		chromedp.FullScreenshot(&page.PNG, 100),
	)
	if err != nil {
		t.Fatal(err)
	}
	if folder := os.Getenv(screenshots); folder != "" {
		name := fmt.Sprintf("%s-%d-%s.png", strings.ReplaceAll(t.Name(), "/", "-"), view.Width, view.scheme())
		if err := os.WriteFile(filepath.Join(folder, name), page.PNG, 0o644); err != nil { //nolint:gosec // whoever runs the tests names the folder
			t.Error(err)
		}
	}
	asked.Lock()
	defer asked.Unlock()
	return page
}

// start starts a browser of the test's own.
func start(t *testing.T) context.Context {
	t.Helper()
	program := find()
	if program == "" {
		t.Skip("no Chromium is installed (Debian: apt-get install chromium; or name one in CHROME): the page is not looked at")
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
