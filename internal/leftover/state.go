package leftover

import (
	"encoding/json"
	"fmt"
)

// version is that of the states which Terraform and OpenTofu write.
const version = 4

// state is what is read of a state.
type state struct {
	Version   int
	Resources []struct {
		Mode      string
		Instances []struct {
			Attributes struct {
				Tags map[string]string `json:"tags_all"`
			}
		}
	}
}

// count is how many of a project's resources are in a state. A stack that was destroyed leaves a
// state without any, and another project may keep its states in the same place: the tags that the
// stacks give to everything tell whose they are.
func count(text []byte, project string) (resources int, err error) {
	var read state
	if err := json.Unmarshal(text, &read); err != nil {
		return 0, err
	}
	if read.Version != version {
		return 0, fmt.Errorf("a state of version %d cannot be read, only one of version %d", read.Version, version)
	}
	for _, resource := range read.Resources {
		if resource.Mode != "managed" {
			continue
		}
		for _, instance := range resource.Instances {
			if owner := instance.Attributes.Tags["Project"]; owner != "" && owner != project {
				return 0, nil
			}
		}
		resources += len(resource.Instances)
	}
	return resources, nil
}
