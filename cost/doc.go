// Package cost estimates what a fleet costs a month, by AWS list prices. It is pure: the fleet and the
// prices go in, numbers come out. Stacks and the CLI may import it; it imports config and schedule.
//
// Three rules hold everywhere. Money is decimal and hours are fractions, so nothing is rounded before
// the last step: a line is rounded to the cent, and a total is the sum of its lines as they are shown.
// A price that is not known is shown as missing and makes the total a lower bound; it is never zero. And
// a price says where it comes from, of which day it is and how far it can be trusted.
package cost
