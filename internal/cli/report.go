package cli

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// schemaVersion is that of the JSON documents. It grows with a change that a script could notice;
// what is only added does not count.
const schemaVersion = 1

// report is the JSON document of a command that answers for regions.
type report[T any] struct {
	Schema      int    `json:"schema"`
	Project     string `json:"project"`
	Environment string `json:"environment"`
	ops.Identity
	// OK is whether every region is.
	OK      bool `json:"ok"`
	Regions []T  `json:"regions"`
}

// verdict is what every region's part of a report has.
type verdict struct {
	Region   string    `json:"region"`
	OK       bool      `json:"ok"`
	Problems []problem `json:"problems"`
}

// problem is a problem as a script reads it.
type problem struct {
	Code    ops.Code `json:"code"`
	Message string   `json:"message"`
	Fix     fix      `json:"fix"`
}

// fix is a fix as a script reads it: a command to run as it is, advice, or both.
type fix struct {
	Command string `json:"command,omitempty"`
	Advice  string `json:"advice,omitempty"`
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

// printReport prints a report, and answers errWrong unless every region is OK.
func printReport[T interface{ isOK() bool }](a *App, fleet *config.Fleet, regions []T) error {
	document := report[T]{
		Schema: schemaVersion, Project: fleet.Project, Environment: fleet.Environment, Identity: a.identity,
		OK: true, Regions: append([]T{}, regions...),
	}
	for _, region := range regions {
		document.OK = document.OK && region.isOK()
	}
	if err := a.printJSON(document); err != nil {
		return err
	}
	if !document.OK {
		return errWrong
	}
	return nil
}
