package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// World is what exists, as files in a folder: provider processes live for one command of Terraform.
type World struct{ folder string }

// Thing is a resource that exists.
type Thing struct {
	Region, Type, ID string
	Attributes       map[string]any
}

// Operation is a line of the log.
type Operation struct {
	Action  string   `json:"action"` // create, update or delete
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	Region  string   `json:"region"`
	Changed []string `json:"changed,omitempty"`
}

func (o Operation) String() string { return o.Action + " " + o.Type }

// NewWorld is the world in a folder.
func NewWorld(folder string) World { return World{folder} }

// locked runs do while no other process looks at the world.
func (w World) locked(do func() error) error {
	if err := os.MkdirAll(w.folder, 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(w.folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { //nolint:gosec // a descriptor is small
		return err
	}
	return do()
}

func (w World) file(region, kind, id string) string {
	return filepath.Join(w.folder, "things", region, kind, url.PathEscape(id)+".json")
}

func (w World) put(thing Thing) error {
	text, err := json.Marshal(thing)
	if err != nil {
		return err
	}
	file := w.file(thing.Region, thing.Type, thing.ID)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

func (w World) get(region, kind, id string) (Thing, bool) {
	text, err := os.ReadFile(w.file(region, kind, id))
	if err != nil {
		return Thing{}, false
	}
	var thing Thing
	return thing, json.Unmarshal(text, &thing) == nil
}

func (w World) remove(thing Thing) error {
	return os.Remove(w.file(thing.Region, thing.Type, thing.ID))
}

// Things are what exists of some types in a region, or in all with "".
func (w World) Things(region string, kinds ...string) []Thing {
	var things []Thing
	files, _ := filepath.Glob(filepath.Join(w.folder, "things", "*", "*", "*.json"))
	for _, file := range files {
		var thing Thing
		text, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(text, &thing) != nil {
			continue
		}
		if (region == "" || thing.Region == region) && (len(kinds) == 0 || slices.Contains(kinds, thing.Type)) {
			things = append(things, thing)
		}
	}
	return things
}

// Set changes an attribute behind Terraform's back, as AWS's own schedule does.
func (w World) Set(region, kind string, attributes map[string]any) error {
	return w.locked(func() error {
		for _, thing := range w.Things(region, kind) {
			for name, value := range attributes {
				thing.Attributes[name] = value
			}
			if err := w.put(thing); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w World) record(operation Operation) error {
	line, err := json.Marshal(operation)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(w.folder, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(log, "%s\n", line)
	return errors.Join(err, log.Close())
}

// Log is what has been done since the last call of ForgetLog, in order.
func (w World) Log() []Operation {
	text, _ := os.ReadFile(filepath.Join(w.folder, "log"))
	var operations []Operation
	for line := range strings.Lines(string(text)) {
		var operation Operation
		if json.Unmarshal([]byte(line), &operation) == nil {
			operations = append(operations, operation)
		}
	}
	return operations
}

// ForgetLog begins the log anew.
func (w World) ForgetLog() { _ = os.Remove(filepath.Join(w.folder, "log")) }

func (w World) pauseFile() string { return filepath.Join(w.folder, "paused") }

// Paused is whether an operation is waiting, for a test to kill Terraform in the middle of an apply.
func (w World) Paused() bool {
	_, err := os.Stat(w.pauseFile())
	return err == nil
}

// Resume ends the pause.
func (w World) Resume() { _ = os.Remove(w.pauseFile()) }

// pause waits at an operation until a test resumes it, or until Terraform is no more.
func (w World) pause() {
	_ = os.MkdirAll(w.folder, 0o755)
	_ = os.WriteFile(w.pauseFile(), nil, 0o644)
	parent := os.Getppid()
	for w.Paused() && os.Getppid() == parent {
		time.Sleep(10 * time.Millisecond)
	}
	if os.Getppid() != parent {
		os.Exit(1)
	}
}
