package diagram

import (
	"bytes"
	_ "embed" // for the templates
	"html/template"

	"github.com/cdtait/mcpfleet/config"
)

//go:embed fleet.svg
var svgTemplate string

//go:embed fleet.html
var htmlTemplate string

// SVG is the fleet as one picture that needs nothing from elsewhere, light or dark as its reader is.
func SVG(fleet *config.Fleet) string {
	drawn := newPicture(fleet)
	columns := gridOf(len(drawn.Regions))
	laid := layOut(drawn, columns)
	laid.place(laid.withHeading(), columns)
	return render(svgTemplate, laid)
}

// document is a page: the picture as wide as a screen and as narrow as a phone, and all names.
type document struct {
	picture
	Legend       []sample
	Wide, Narrow template.HTML
	// Breadth is the width from which on the wide picture is legible.
	Breadth int
}

// HTML is the picture in a page of its own, with a table of the regions.
func HTML(fleet *config.Fleet) string {
	drawn := newPicture(fleet)
	page := document{picture: drawn, Legend: drawn.samples()}
	page.Narrow, _ = within(drawn, 1)
	if columns := min(len(drawn.Regions), widestGrid); columns > 1 {
		page.Wide, page.Breadth = within(drawn, columns)
	}
	return render(htmlTemplate, page)
}

// within is the picture without its heading, which the page has. It bears to be shown a little smaller
// than it is, down to a breadth.
func within(drawn picture, columns int) (svg template.HTML, breadth int) {
	laid := layOut(drawn, columns)
	laid.place(margin, columns)
	return template.HTML(render(svgTemplate, laid)), laid.Wide * 85 / 100 //nolint:gosec // a template has made it
}

func render(text string, drawn any) string {
	var out bytes.Buffer
	if err := template.Must(template.New("diagram").Parse(text)).Execute(&out, drawn); err != nil {
		panic(err) // the templates are compiled in, and a buffer takes everything
	}
	return out.String()
}
