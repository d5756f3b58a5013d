package cli

import (
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// schemaVersion is the version of the JSON documents. It increases with every incompatible change; added
// fields are compatible.
const schemaVersion = 1

// envelope is the start of every JSON document.
type envelope struct {
	// Schema is the version of the document's shape.
	Schema int `json:"schema"`
	// OK reports whether the exit status is 0.
	OK bool `json:"ok"`
}

func (e envelope) isOK() bool { return e.OK }

// document is a JSON document that determines the exit status.
type document interface{ isOK() bool }

// report is the document of a command that works on regions, or the start of it.
type report[T any] struct {
	envelope
	// At is the time of the report.
	At time.Time `json:"at"`
	// File is the fleet file.
	File        string `json:"file"`
	Project     string `json:"project"`
	Environment string `json:"environment"`
	ops.Identity
	Regions []T `json:"regions"`
}

// verdict is the start of each region's part of a report.
type verdict struct {
	Region string `json:"region"`
	// OK reports whether the region has no problem that affects the exit status.
	OK bool `json:"ok"`
	// Problems includes problems that do not affect OK, such as a missing price.
	Problems []problem `json:"problems"`
}

// problem is the JSON form of a problem.
type problem struct {
	// Code is the kind of problem; mcpfleet help json lists them.
	Code ops.Code `json:"code"`
	// Message describes the problem on one line.
	Message string `json:"message"`
	Fix     fix    `json:"fix"`
}

// fix is the JSON form of a fix: a command, advice, or both.
type fix struct {
	// Command is a command to run as is.
	Command string `json:"command,omitempty"`
	// Advice is what to do if there is no command, or in addition to it.
	Advice string `json:"advice,omitempty"`
}

// verdict returns the verdict of a region with the given problems.
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

// newReport returns a report that is OK if every region is.
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

// printReport prints a report. It returns errFailed unless every region is OK.
func printReport[T document](a *App, fleet *config.Fleet, regions []T) error {
	return a.printDocument(newReport(a, fleet, regions))
}

// printDocument prints a document. It returns errFailed unless the document is OK.
func (a *App) printDocument(shown document) error {
	if err := a.printJSON(shown); err != nil {
		return err
	}
	return failUnlessOK(shown)
}

// failUnlessOK returns errFailed unless the document is OK.
func failUnlessOK(shown document) error {
	if !shown.isOK() {
		return errFailed
	}
	return nil
}
