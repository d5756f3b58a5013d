package ecs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecstaskdefinition"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Task configures the task definition. Image, CPU and Memory may be Terraform expressions.
type Task struct {
	Family string
	CPU    string
	Memory string
	// ARM reports whether the tasks run on ARM processors.
	ARM bool
	// EphemeralStorage is in GiB, from 20 to 200.
	EphemeralStorage int
	ExecutionRoleARN string
	TaskRoleARN      string
	Volumes          []Volume
	// Containers are the server's container, and the sidecars.
	Containers []Container
}

// Container configures a container of a task.
type Container struct {
	Name  string
	Image string
	// Essential reports whether ECS stops the task when the container exits.
	Essential bool
	// PullSecretARN is the secret with the login of the image's registry, "" if it needs none.
	PullSecretARN string
	// Port is 0 for a sidecar that only the other containers connect to.
	Port int
	// CPU and Memory, in CPU units and MiB, are what a sidecar may use of the task. 0 is the smallest share of the CPU, and
	// all of the memory.
	CPU, Memory int
	// DependsOn maps the names of other containers to the condition that they must reach before this one starts.
	DependsOn   map[string]string
	Environment map[string]string
	// Entrypoint, Command, User and WorkingDirectory are the image's own if they are empty.
	Entrypoint       []string
	Command          []string
	User             string
	WorkingDirectory string
	// Init reports whether an init process runs the container.
	Init bool
	// ReadOnly reports whether the root file system is read-only.
	ReadOnly bool
	// TmpSize is the size of /tmp in MiB, which counts towards the task's memory. It is 0 if nothing is mounted there.
	TmpSize int
	// OpenFiles is how many files a process may have open.
	OpenFiles int
	// HealthCheck has no command if there is no health check in the container.
	HealthCheck HealthCheck
	// StopTimeout is in seconds, from 2 to 120.
	StopTimeout int
	// Secrets maps environment variables to keys of the JSON secret.
	Secrets   map[string]string
	SecretARN string
	// ExternalSecrets maps environment variables to references to other secrets and parameters.
	ExternalSecrets map[string]string
	LogGroup        string
	LogPrefix       string
	Region          string
	// Mounts are where the container mounts the volumes of the task.
	Mounts []Mount
}

// HealthCheck configures the health check in the container. Interval, Timeout and StartPeriod are in seconds.
type HealthCheck struct {
	Command                                 []string
	Interval, Timeout, Retries, StartPeriod int
}

func newTaskDefinition(scope constructs.Construct, cfg Task) ecstaskdefinition.EcsTaskDefinition {
	task := ecstaskdefinition.NewEcsTaskDefinition(scope, new("task_definition"), &ecstaskdefinition.EcsTaskDefinitionConfig{
		Family:                  &cfg.Family,
		RequiresCompatibilities: pointer.Strings("FARGATE"),
		NetworkMode:             new("awsvpc"),
		Cpu:                     &cfg.CPU,
		Memory:                  &cfg.Memory,
		ExecutionRoleArn:        &cfg.ExecutionRoleARN,
		TaskRoleArn:             &cfg.TaskRoleARN,
		ContainerDefinitions:    new(hcl.Document(defineAll(cfg.Containers))),
		Tags:                    pointer.NameTag(cfg.Family),
		// ECS may roll back to the previous revision minutes after Terraform is done, so revisions stay
		// registered. They are free.
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
		SkipDestroy: true,
		// Update the service before the old revision leaves the state.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	task.OverrideLogicalId(new("main"))
	if cfg.ARM {
		// Without a platform, ECS runs the task on x86. Naming that would register a new revision of every task
		// definition that has none.
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm-specifying.html
		task.PutRuntimePlatform(&ecstaskdefinition.EcsTaskDefinitionRuntimePlatform{
			CpuArchitecture:       new("ARM64"),
			OperatingSystemFamily: new("LINUX"),
		})
	}
	if len(cfg.Volumes) > 0 {
		task.PutVolume(taskVolumes(cfg.Volumes))
	}
	if cfg.EphemeralStorage > standardStorage {
		task.PutEphemeralStorage(&ecstaskdefinition.EcsTaskDefinitionEphemeralStorage{SizeInGib: new(float64(cfg.EphemeralStorage))})
	}
	return task
}

// standardStorage is the ephemeral storage of a task in GiB that ECS allows only as the absence of a size.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
const standardStorage = 20

// containerDefinition is the JSON of an ECS container definition.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type containerDefinition struct {
	Name                   string           `json:"name"`
	Image                  hcl.Reference    `json:"image"`
	Essential              bool             `json:"essential"`
	Environment            []variable       `json:"environment"`
	Secrets                []secret         `json:"secrets"`
	PortMappings           []portMapping    `json:"portMappings"`
	MountPoints            []mountPoint     `json:"mountPoints"`
	VolumesFrom            []struct{}       `json:"volumesFrom"`
	SystemControls         []struct{}       `json:"systemControls"`
	Privileged             bool             `json:"privileged"`
	ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem"`
	LinuxParameters        linuxParameters  `json:"linuxParameters"`
	LogConfiguration       logConfiguration `json:"logConfiguration"`
	StopTimeout            int              `json:"stopTimeout,omitempty"`
	EntryPoint             []hcl.Literal    `json:"entryPoint,omitempty"`
	Command                []hcl.Literal    `json:"command,omitempty"`
	User                   hcl.Literal      `json:"user,omitempty"`
	WorkingDirectory       hcl.Literal      `json:"workingDirectory,omitempty"`
	Ulimits                []ulimit         `json:"ulimits,omitempty"`
	HealthCheck            *healthCheck     `json:"healthCheck,omitempty"`
	RepositoryCredentials  *credentials     `json:"repositoryCredentials,omitempty"`
	CPU                    int              `json:"cpu,omitempty"`
	Memory                 int              `json:"memory,omitempty"`
	DependsOn              []dependency     `json:"dependsOn,omitempty"`
}

type dependency struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

type credentials struct {
	CredentialsParameter string `json:"credentialsParameter"`
}

type variable struct {
	Name  string      `json:"name"`
	Value hcl.Literal `json:"value"`
}

type secret struct {
	Name      string        `json:"name"`
	ValueFrom hcl.Reference `json:"valueFrom"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type linuxParameters struct {
	Capabilities       capabilities `json:"capabilities"`
	InitProcessEnabled bool         `json:"initProcessEnabled"`
	Tmpfs              []tmpfs      `json:"tmpfs,omitempty"`
}

type capabilities struct {
	Drop []string `json:"drop"`
}

type tmpfs struct {
	ContainerPath string   `json:"containerPath"`
	Size          int      `json:"size"`
	MountOptions  []string `json:"mountOptions"`
}

type ulimit struct {
	Name      string `json:"name"`
	SoftLimit int    `json:"softLimit"`
	HardLimit int    `json:"hardLimit"`
}

type healthCheck struct {
	Command  []hcl.Literal `json:"command"`
	Interval int           `json:"interval"`
	Timeout  int           `json:"timeout"`
	Retries  int           `json:"retries"`
	// StartPeriod is off if it is absent.
	StartPeriod int `json:"startPeriod,omitempty"`
}

type logConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

func defineAll(containers []Container) []containerDefinition {
	definitions := make([]containerDefinition, len(containers))
	for i, container := range containers {
		definitions[i] = define(container)
	}
	return definitions
}

func define(cfg Container) containerDefinition {
	return containerDefinition{
		Name:         cfg.Name,
		Image:        hcl.Reference(cfg.Image),
		Essential:    cfg.Essential,
		Environment:  variables(cfg.Environment),
		Secrets:      secretVariables(cfg),
		PortMappings: portMappings(cfg.Port),
		// ECS returns these as empty lists. Some provider versions show a diff if they are omitted.
		MountPoints:            mountPoints(cfg.Mounts),
		VolumesFrom:            []struct{}{},
		SystemControls:         []struct{}{},
		ReadonlyRootFilesystem: cfg.ReadOnly,
		LinuxParameters: linuxParameters{
			Capabilities:       capabilities{Drop: []string{"ALL"}},
			InitProcessEnabled: cfg.Init,
			Tmpfs:              temporary(cfg.TmpSize),
		},
		LogConfiguration: logConfiguration{LogDriver: "awslogs", Options: map[string]string{
			"awslogs-group":         cfg.LogGroup,
			"awslogs-region":        cfg.Region,
			"awslogs-stream-prefix": cfg.LogPrefix,
			// Do not block the server when CloudWatch Logs is unavailable. Messages that do not fit in the
			// buffer are lost.
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
			"mode":            "non-blocking",
			"max-buffer-size": "25m",
		}},
		StopTimeout:      stopTimeout(cfg.StopTimeout),
		EntryPoint:       literals(cfg.Entrypoint),
		Command:          literals(cfg.Command),
		User:             hcl.Literal(cfg.User),
		WorkingDirectory: hcl.Literal(cfg.WorkingDirectory),
		Ulimits:          ulimits(cfg.OpenFiles),
		HealthCheck:      checkHealth(cfg.HealthCheck),

		RepositoryCredentials: login(cfg.PullSecretARN),
		CPU:                   cfg.CPU,
		Memory:                cfg.Memory,
		DependsOn:             dependencies(cfg.DependsOn),
	}
}

func portMappings(port int) []portMapping {
	if port == 0 {
		return []portMapping{}
	}
	return []portMapping{{ContainerPort: port, HostPort: port, Protocol: "tcp"}}
}

// dependencies are in the order of the names, so that the task definition is the same in every synth.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
func dependencies(conditions map[string]string) (list []dependency) {
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		list = append(list, dependency{name, strings.ToUpper(conditions[name])})
	}
	return list
}

// login returns the credentials for the registry, nil if it needs none.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
func login(secretARN string) *credentials {
	if secretARN == "" {
		return nil
	}
	return &credentials{CredentialsParameter: secretARN}
}

// temporary returns the mount of /tmp, if it has a size. A tmpfs is writable for any user of the image; a volume
// would belong to root. Fargate supports tmpfs since January 2026:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
func temporary(size int) []tmpfs {
	if size == 0 {
		return nil
	}
	return []tmpfs{{ContainerPath: "/tmp", Size: size, MountOptions: []string{"nosuid", "nodev"}}}
}

// ulimits returns no limit for the default of Fargate: naming it would register a new revision of every task
// definition that has none.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
func ulimits(openFiles int) []ulimit {
	const standard = 65535
	if openFiles == standard {
		return nil
	}
	return []ulimit{{Name: "nofile", SoftLimit: openFiles, HardLimit: openFiles}}
}

// checkHealth returns a health check that runs its command without a shell, nil if there is no command.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
func checkHealth(cfg HealthCheck) *healthCheck {
	if len(cfg.Command) == 0 {
		return nil
	}
	return &healthCheck{
		Command:  append([]hcl.Literal{"CMD"}, literals(cfg.Command)...),
		Interval: cfg.Interval, Timeout: cfg.Timeout, Retries: cfg.Retries, StartPeriod: cfg.StartPeriod,
	}
}

func literals(words []string) []hcl.Literal {
	list := make([]hcl.Literal, len(words))
	for i, word := range words {
		list[i] = hcl.Literal(word)
	}
	return list
}

// stopTimeout returns 0, which leaves the field out, for the default of ECS: naming it would register a new revision of
// every task definition that has none.
func stopTimeout(seconds int) int {
	const standard = 30
	if seconds == standard {
		return 0
	}
	return seconds
}

func variables(environment map[string]string) []variable {
	list := []variable{}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		list = append(list, variable{Name: name, Value: hcl.Literal(environment[name])})
	}
	return list
}

// secretVariables returns the variables that take their values from secrets and parameters. The ValueFrom of a key of
// the JSON secret is the secret's ARN, the key, and an empty version stage and version ID, which select the current
// version.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func secretVariables(cfg Container) []secret {
	references := map[string]string{}
	maps.Copy(references, cfg.ExternalSecrets)
	for name, key := range cfg.Secrets {
		references[name] = cfg.SecretARN + ":" + key + "::"
	}
	list := []secret{}
	for _, name := range slices.Sorted(maps.Keys(references)) {
		list = append(list, secret{Name: name, ValueFrom: hcl.Reference(references[name])})
	}
	return list
}
