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

// SVG returns the fleet as a self-contained SVG picture that follows the reader's light or dark color scheme.
func SVG(fleet *config.Fleet) string {
	pic := newPicture(fleet)
	columns := gridColumns(len(pic.Regions))
	drawing := newLayout(pic, columns)
	drawing.place(drawing.addHeading(), columns)
	return render(svgTemplate, drawing)
}

// document is the data of the HTML page: the picture for a wide screen and for a phone, and all names.
type document struct {
	picture
	Legend                    []legendItem
	WidePicture, PhonePicture template.HTML
	// MinWidth is the screen width from which the wide picture is legible.
	MinWidth int
}

// HTML returns a page with the picture and a table of the regions.
func HTML(fleet *config.Fleet) string {
	pic := newPicture(fleet)
	page := document{picture: pic, Legend: pic.legendItems()}
	page.PhonePicture, _ = inlineSVG(pic, 1)
	if columns := min(len(pic.Regions), maxColumns); columns > 1 {
		page.WidePicture, page.MinWidth = inlineSVG(pic, columns)
	}
	return render(htmlTemplate, page)
}

// inlineSVG returns the picture without a heading, which the page has, and the width down to which it stays
// legible when scaled.
func inlineSVG(pic picture, columns int) (svg template.HTML, minWidth int) {
	drawing := newLayout(pic, columns)
	drawing.place(margin, columns)
	return template.HTML(render(svgTemplate, drawing)), drawing.Width * 85 / 100 //nolint:gosec // the template escaped it
}

func render(text string, data any) string {
	var out bytes.Buffer
	if err := template.Must(template.New("diagram").Parse(text)).Execute(&out, data); err != nil {
		panic(err) // the templates are embedded, and a bytes.Buffer returns no error
	}
	return out.String()
}
