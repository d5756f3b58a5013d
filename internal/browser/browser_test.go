//go:build browser

package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bad has every fault once.
const bad = `<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body { margin: 0; background: #fff; color: #000; font: 16px/1.5 sans-serif } div { position: relative; height: 2em }</style>
<div>fine</div>
<div style="overflow-x: auto; width: 200px"><span style="position: absolute; left: 180px">scrolled</span></div>
<div style="overflow: hidden; height: 1.5em">seen<br>hidden</div><div></div>
<div><span style="position: absolute">over</span><span style="position: absolute; left: 5px">under</span></div>
<div style="background: #777; color: #888">pale</div>
<div style="opacity: .3">faint</div>
<svg width="200" height="60" viewBox="0 0 200 60"><rect width="200" height="60" fill="#333"/>
<text x="10" y="20" fill="#000">drawn dark</text><text x="10" y="50" fill="#fff">drawn light</text></svg>
<div style="width: 2000px"><span style="position: absolute; left: 1900px">away</span></div>`

// TestFaultsAreFound checks that measure.js reports each fault.
func TestFaultsAreFound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.html")
	if err := os.WriteFile(file, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	rendered := open(start(t), t, "file://"+filepath.ToSlash(file), view{tablet, false})
	firstTwoWords := func(sentences []string) (words []string) {
		for _, each := range sentences {
			words = append(words, strings.Join(strings.Fields(each)[:2], " "))
		}
		return words
	}
	for name, each := range map[string]struct{ got, want []string }{
		"cut":       {firstTwoWords(rendered.Cut), []string{"scrolled extends", "hidden extends", "away ends"}},
		"colliding": {rendered.Colliding, []string{"over | under"}},
		"pale":      {firstTwoWords(rendered.Pale), []string{"pale has", "faint has", "drawn dark"}},
	} {
		if difference := cmp.Diff(each.want, each.got); difference != "" {
			t.Errorf("%s (-want +got):\n%s", name, difference)
		}
	}
	if rendered.Width <= tablet {
		t.Errorf("the content is %d pixels wide", rendered.Width)
	}
}
