// Package cost estimates a fleet's monthly cost from AWS list prices. It is pure: it takes a fleet and a price
// table and returns amounts. Stacks and the CLI may import it; it imports config, schedule and internal/text.
//
// Three rules hold everywhere. Nothing is rounded before the last step: a line is rounded to the cent, and a
// total is the sum of its rounded lines. A price that is not in the table is reported as missing and makes the
// total a lower bound; it never counts as zero. Every price carries its source, its date and a confidence.
//
// Hours of a month are fractions such as 32 x 365 / 84, which no decimal can hold, so quantities are
// math/big.Rat until a line is rounded. Prices and amounts are shopspring/decimal values, which sum exactly
// and print with a fixed number of places.
package cost
