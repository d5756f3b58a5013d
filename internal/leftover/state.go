package leftover

import (
	"encoding/json"
	"fmt"
)

// version is the version of the state format of Terraform and OpenTofu.
const version = 4

// state holds the parts of a state that count needs.
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

// count returns the number of a project's resources in a state. It is 0 after a destroy. It is also 0 if the
// tags of the resources name another project, which may have its states in the same place.
func count(text []byte, project string) (resources int, err error) {
	var read state
	if err := json.Unmarshal(text, &read); err != nil {
		return 0, err
	}
	if read.Version != version {
		return 0, fmt.Errorf("unsupported state version %d, want %d", read.Version, version)
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
