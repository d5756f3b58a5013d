package cli

import (
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// schemaVersion is that of the JSON documents. It grows with a change that a script could notice;
// what is only added does not count.
const schemaVersion = 1

// envelope is what every JSON document begins with.
type envelope struct {
	// Schema is the version of the document's shape.
	Schema int `json:"schema"`
	// OK is whether the exit status is 0.
	OK bool `json:"ok"`
}

func (e envelope) isOK() bool { return e.OK }

// document is a JSON document that says how the command ends.
type document interface{ isOK() bool }

// report is the document of a command that answers for regions, or what it begins with.
type report[T any] struct {
	envelope
	// At is when the command answered.
	At time.Time `json:"at"`
	// File is the fleet file.
	File        string `json:"file"`
	Project     string `json:"project"`
	Environment string `json:"environment"`
	ops.Identity
	Regions []T `json:"regions"`
}

// verdict is what every region's part of a report has.
type verdict struct {
	Region string `json:"region"`
	// OK is whether nothing is wrong that the exit status tells.
	OK bool `json:"ok"`
	// Problems are also those that leave OK as it is, such as a price that is missing.
	Problems []problem `json:"problems"`
}

// problem is a problem as a script reads it.
type problem struct {
	// Code is the kind of problem; mcpfleet help json lists them.
	Code ops.Code `json:"code"`
	// Message says in one line what is wrong.
	Message string `json:"message"`
	Fix     fix    `json:"fix"`
}

// fix is a fix as a script reads it: a command, advice, or both.
type fix struct {
	// Command is to be run as it is.
	Command string `json:"command,omitempty"`
	// Advice is what to do where no command does it, or beside the command.
	Advice string `json:"advice,omitempty"`
}

// verdict is that of a region with some problems.
func (a *App) verdict(region string, problems []ops.Problem) verdict {
	result := verdict{Region: region, OK: len(problems) == 0, Problems: []problem{}}
	for _, each := range problems {
		result.Problems = append(result.Problems, a.problem(each))
	}
	return result
}

func (a *App) problem(each ops.Problem) problem {
	return problem{each.Code, each.Message, fix{a.command(each.Fix), each.Fix.Advice}}
}

func (v verdict) isOK() bool { return v.OK }

// newReport is OK where every region is.
func newReport[T document](a *App, fleet *config.Fleet, regions []T) report[T] {
	result := report[T]{
		envelope: envelope{schemaVersion, true}, At: a.Now().UTC(), File: a.file,
		Project: fleet.Project, Environment: fleet.Environment, Identity: a.identity, Regions: append([]T{}, regions...),
	}
	for _, region := range regions {
		result.OK = result.OK && region.isOK()
	}
	return result
}

// printReport prints a report, and answers errWrong unless every region is OK.
func printReport[T document](a *App, fleet *config.Fleet, regions []T) error {
	return a.printDocument(newReport(a, fleet, regions))
}

// printDocument prints a document, and answers errWrong unless it is OK.
func (a *App) printDocument(shown document) error {
	if err := a.printJSON(shown); err != nil {
		return err
	}
	return wrongUnlessOK(shown)
}

// wrongUnlessOK is how a command ends, whether it has printed the document or the same as a table.
func wrongUnlessOK(shown document) error {
	if !shown.isOK() {
		return errWrong
	}
	return nil
}
