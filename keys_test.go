package main

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/diagram"
)

// everyKey is a fleet file that sets every key and has one region. existingVPC and everyVolume set those that are invalid
// beside others of everyKey, or whose missing price would hide another, answering those that need a load balancer on the
// internet, and waking those that need one that stays. adopted has an adoption file beside it, and scheduled a scheduler.
const (
	everyKey    = "testdata/fleets/every-key.yaml"
	answering   = "examples/answer.yaml"
	waking      = "examples/wake.yaml"
	existingVPC = "testdata/fleets/existing.yaml"
	everyVolume = "testdata/fleets/every-volume.yaml"
	adopted     = "testdata/fleets/adopted.yaml"
	scheduled   = "bootstrap/testdata/repository.yaml"
)

// keyUse records which parts of the product use a key of the fleet file. The schema and the list in
// help/configuration.md have no column: both are generated from the struct tags.
type keyUse struct {
	// file is the fleet file that sets the key; everyKey if empty.
	file string
	// value is another valid value for the key in the file, as YAML.
	value string
	// excludes are keys of the same section that are invalid beside that value.
	excludes []string
	// stack, cost and diagram report whether that value changes the synthesized stack, the monthly
	// estimate and the drawings.
	stack, cost, diagram bool
	// operations is the expression by which internal/ops reads the key. If internal/ops does not read
	// it, why states the reason.
	operations, why string
}

// Reasons why status and doctor do not read a key.
const (
	planned  = "terraform plan and the drift workflow compare it"
	backend  = "it belongs to Terraform's backend, which internal/leftover reads"
	estimate = "only estimates use it"

	bootstrapped = "terraform plan of the bootstrap compares it"
)

// keyUses has one row per key. A new key needs a new row.
var keyUses = map[string]keyUse{
	"project":     {value: "other", stack: true, diagram: true, operations: "r.Names."},
	"environment": {value: "prod", stack: true, diagram: true, operations: "r.Names."},
	"regions":     {value: "{eu-west-2: {load_balancer: {https: {certificate_arn: arn:aws:acm:eu-west-2:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef}}, secrets: {kms_key: 'arn:aws:kms:eu-west-2:123456789012:key/12345678-90ab-cdef-1234-567890abcdef'}, logs: {kms_key: 'arn:aws:kms:eu-west-2:123456789012:key/12345678-90ab-cdef-1234-567890abcdef'}}}", stack: true, cost: true, diagram: true, operations: "fleet.Regions"},

	"state.backend": {value: "local", excludes: []string{"bucket", "region", "prefix", "kms_key"}, stack: true, why: backend},
	"state.bucket":  {value: "other-terraform-state", stack: true, why: backend},
	"state.region":  {value: "eu-west-2", stack: true, why: backend},
	"state.prefix":  {value: "other", stack: true, why: backend},
	"state.kms_key": {value: "alias/other", stack: true, why: backend},

	// The bootstrap's stack has golden files of its own.
	"bootstrap.scheduler":      {file: scheduled, value: "none", excludes: []string{"source", "connection_arn"}, operations: "Bootstrap.Scheduler"},
	"bootstrap.source":         {file: scheduled, value: "bundle", excludes: []string{"connection_arn"}, why: bootstrapped},
	"bootstrap.connection_arn": {file: scheduled, value: "arn:aws:codeconnections:eu-west-1:123456789012:connection/00000000-90ab-cdef-1234-567890abcdef", why: bootstrapped},

	"container.image":             {value: "ghcr.io/cdtait/other:2", stack: true, diagram: true, operations: "should.Image"},
	"container.architecture":      {value: "x86_64", stack: true, cost: true, diagram: true, operations: "Container.Architecture"},
	"container.port":              {value: "9001", stack: true, operations: "Container.Port"},
	"container.cpu":               {value: "256", stack: true, cost: true, diagram: true, operations: "Container.CPU"},
	"container.memory":            {value: "2048", stack: true, cost: true, diagram: true, operations: "Container.Memory"},
	"container.environment":       {value: "{LOG_LEVEL: debug}", stack: true, operations: "should.Environment"},
	"container.stop_timeout":      {value: "60", stack: true, why: planned},
	"container.entrypoint":        {value: "[/app/other]", stack: true, operations: "should.Entrypoint"},
	"container.command":           {value: "[--port, '9001']", stack: true, operations: "should.Command"},
	"container.user":              {value: "root", stack: true, operations: "should.User"},
	"container.allow_root":        {value: "false", why: "it concerns the fleet file alone"},
	"container.working_directory": {value: "/srv", stack: true, operations: "should.WorkingDirectory"},
	"container.init":              {value: "true", stack: true, why: planned},
	"container.read_only":         {value: "true", stack: true, operations: "should.ReadOnly"},
	"container.tmp_size":          {value: "65", stack: true, operations: "should.TmpSize"},
	// The built-in table has no price for storage, so all sizes but the free one have the same known cost.
	"container.external_secrets":                 {value: "{TOKEN: {parameter: /reports/token}}", stack: true, operations: "container.ExternalSecrets"},
	"container.external_secrets.NAME.parameter":  {value: "/reports/token", stack: true, operations: "secret.Parameter"},
	"container.external_secrets.NAME.secret_arn": {file: existingVPC, value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf", stack: true, operations: "secret.Reference("},
	"container.external_secrets.NAME.key":        {file: existingVPC, value: "user", stack: true, operations: "secret.Reference("},
	"container.external_secrets.NAME.version":    {file: existingVPC, value: "00000000-ad69-40c0-a0ab-cead36b967e8", stack: true, operations: "secret.Reference("},
	"container.external_secrets.NAME.kms_key":    {file: existingVPC, value: "arn:aws:kms:eu-west-1:123456789012:key/00000000-90ab-cdef-1234-567890abcdef", stack: true, why: planned},
	"container.pull_secret_arn":                  {file: existingVPC, value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf", stack: true, operations: "should.PullSecretARN"},
	"container.ephemeral_storage":                {file: existingVPC, value: "20", stack: true, cost: true, operations: "Container.EphemeralStorage"},
	"container.ulimits.nofile":                   {value: "4096", stack: true, why: planned},
	"container.health_check.command":             {value: "[/app/other]", stack: true, operations: "should.HealthCheck.Command"},
	"container.health_check.interval":            {value: "21", stack: true, why: planned},
	"container.health_check.timeout":             {value: "11", stack: true, why: planned},
	"container.health_check.retries":             {value: "5", stack: true, why: planned},
	"container.health_check.start_period":        {value: "61", stack: true, why: planned},
	"container.secrets":                          {value: "{FIRST_KEY: SECOND}", stack: true, diagram: true, operations: "container.Secrets"},

	"container.depends_on":                                  {value: "{proxy: start}", stack: true, operations: "DependsOn"},
	"container.ingress":                                     {value: "setup", stack: true, diagram: true, operations: "IngressPort()"},
	"container.sidecars":                                    {value: "[{name: proxy, image: nginx, port: 4180, health_check: {command: [/proxy]}}]", stack: true, diagram: true, operations: "Container.Sidecars"},
	"container.sidecars[].name":                             {file: existingVPC, value: "other", stack: true, diagram: true, operations: "sidecar.Name"},
	"container.sidecars[].image":                            {value: "ghcr.io/acme/proxy:2", stack: true, diagram: true, operations: "should.Image"},
	"container.sidecars[].port":                             {value: "4182", stack: true, diagram: true, operations: "sidecar.Port"},
	"container.sidecars[].essential":                        {value: "true", stack: true, operations: "sidecar.Essential"},
	"container.sidecars[].cpu":                              {value: "65", stack: true, operations: "sidecar.CPU"},
	"container.sidecars[].memory":                           {value: "129", stack: true, operations: "sidecar.Memory"},
	"container.sidecars[].log_prefix":                       {value: "other", stack: true, operations: "LogStreamPrefix("},
	"container.sidecars[].environment":                      {value: "{UPSTREAM: \"localhost:9001\"}", stack: true, operations: "should.Environment"},
	"container.sidecars[].secrets":                          {value: "{CLIENT_SECRET: OTHER}", stack: true, diagram: true, operations: "container.Secrets"},
	"container.sidecars[].external_secrets":                 {value: "{COOKIE: {parameter: /reports/other}}", stack: true, operations: "container.ExternalSecrets"},
	"container.sidecars[].external_secrets.NAME.parameter":  {value: "/reports/other", stack: true, operations: "secret.Parameter"},
	"container.sidecars[].external_secrets.NAME.secret_arn": {file: existingVPC, value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf", stack: true, operations: "secret.Reference("},
	"container.sidecars[].external_secrets.NAME.key":        {file: existingVPC, value: "user", stack: true, operations: "secret.Reference("},
	"container.sidecars[].external_secrets.NAME.version":    {file: existingVPC, value: "00000000-ad69-40c0-a0ab-cead36b967e8", stack: true, operations: "secret.Reference("},
	"container.sidecars[].external_secrets.NAME.kms_key":    {file: existingVPC, value: "arn:aws:kms:eu-west-1:123456789012:key/00000000-90ab-cdef-1234-567890abcdef", stack: true, why: planned},
	"container.sidecars[].pull_secret_arn":                  {file: existingVPC, value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf", stack: true, operations: "should.PullSecretARN"},
	"container.sidecars[].stop_timeout":                     {value: "61", stack: true, why: planned},
	"container.sidecars[].entrypoint":                       {value: "[/other]", stack: true, operations: "should.Entrypoint"},
	"container.sidecars[].command":                          {value: "[--other]", stack: true, operations: "should.Command"},
	"container.sidecars[].user":                             {value: "root", stack: true, operations: "should.User"},
	"container.sidecars[].allow_root":                       {value: "false", why: "it concerns the fleet file alone"},
	"container.sidecars[].working_directory":                {value: "/opt", stack: true, operations: "should.WorkingDirectory"},
	"container.sidecars[].init":                             {value: "true", stack: true, why: planned},
	"container.sidecars[].read_only":                        {value: "true", stack: true, operations: "should.ReadOnly"},
	"container.sidecars[].tmp_size":                         {value: "17", stack: true, operations: "should.TmpSize"},
	"container.sidecars[].ulimits.nofile":                   {value: "4097", stack: true, why: planned},
	"container.sidecars[].health_check.command":             {value: "[/other]", stack: true, operations: "should.HealthCheck.Command"},
	"container.sidecars[].health_check.interval":            {value: "26", stack: true, why: planned},
	"container.sidecars[].health_check.timeout":             {value: "16", stack: true, why: planned},
	"container.sidecars[].health_check.retries":             {value: "6", stack: true, why: planned},
	"container.sidecars[].health_check.start_period":        {value: "31", stack: true, why: planned},
	"container.sidecars[].depends_on":                       {value: "{setup: complete}", stack: true, operations: "DependsOn"},

	"secrets.recovery_days": {value: "30", stack: true, why: planned},
	"secrets.kms_key":       {value: "arn:aws:kms:eu-west-1:123456789012:key/00000000-90ab-cdef-1234-567890abcdef", stack: true, operations: "Secrets.KMSKey"},

	"mcp.path": {value: "/ready", operations: "MCP.Path"},

	"task_role.statements":              {value: "[{actions: [s3:GetObject], resources: [\"arn:aws:s3:::other/*\"]}]", stack: true, why: planned},
	"task_role.statements[].actions":    {value: "[s3:GetObject]", excludes: []string{"allow_everything"}, stack: true, why: planned},
	"task_role.statements[].resources":  {value: "[\"arn:aws:s3:::other/*\"]", excludes: []string{"allow_everything"}, stack: true, why: planned},
	"task_role.statements[].conditions": {value: "{Bool: {\"aws:SecureTransport\": [\"true\"]}}", stack: true, why: planned},
	// The statement of everyKey needs the confirmation, so it has no other valid value.
	"task_role.statements[].allow_everything": {value: "true", why: "it only confirms what the statement allows"},
	"task_role.managed_policies":              {value: "[arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]", stack: true, why: planned},
	"task_role.permissions_boundary":          {value: "arn:aws:iam::123456789012:policy/other", stack: true, why: planned},

	"volumes":                               {file: everyVolume, value: "{models: {path: /models, existing: {file_system_id: fs-0123456789abcdef0, access_point_id: fsap-0123456789abcdef0}}}", stack: true, cost: true, diagram: true, operations: "r.Volumes"},
	"volumes.NAME.path":                     {file: everyVolume, value: "/other", stack: true, diagram: true, operations: "volume.Path"},
	"volumes.NAME.read_only":                {file: everyVolume, value: "false", stack: true, operations: "volume.ReadOnly"},
	"volumes.NAME.owner":                    {file: everyVolume, value: "\"2001:0\"", stack: true, why: planned},
	"volumes.NAME.existing.file_system_id":  {file: existingVPC, value: "fs-00000000000000000", stack: true, diagram: true, operations: "FileSystemID"},
	"volumes.NAME.existing.access_point_id": {file: existingVPC, value: "fsap-00000000000000000", stack: true, operations: "AccessPointID"},
	"file_system.backup":                    {file: everyVolume, value: "true", stack: true, why: planned},

	"service.desired_count":                      {value: "4", excludes: []string{"autoscaling"}, stack: true, cost: true, diagram: true, operations: "Service.TaskRange()"},
	"service.autoscaling.enabled":                {value: "false", stack: true, cost: true, diagram: true, operations: "Service.Autoscaling.Enabled"},
	"service.autoscaling.min":                    {value: "4", stack: true, cost: true, diagram: true, operations: "Service.TaskRange()"},
	"service.autoscaling.max":                    {value: "10", stack: true, cost: true, diagram: true, operations: "Service.TaskRange()"},
	"service.autoscaling.targets.cpu":            {value: "56", stack: true, operations: "Autoscaling.PresentTargets("},
	"service.autoscaling.targets.memory":         {value: "71", stack: true, operations: "Autoscaling.PresentTargets("},
	"service.autoscaling.targets.requests":       {value: "901", stack: true, operations: "Autoscaling.PresentTargets("},
	"service.autoscaling.scale_out_cooldown":     {value: "61", stack: true, operations: "scaling.ScaleOutCooldown"},
	"service.autoscaling.scale_in_cooldown":      {value: "601", stack: true, operations: "scaling.ScaleInCooldown"},
	"service.capacity.type":                      {value: "spot", excludes: []string{"base", "spot_weight"}, stack: true, cost: true, diagram: true, operations: "Service.Capacity"},
	"service.capacity.base":                      {value: "2", stack: true, cost: true, diagram: true, operations: "Service.Capacity"},
	"service.capacity.spot_weight":               {value: "1", stack: true, cost: true, diagram: true, operations: "Service.Capacity"},
	"service.availability_zone_rebalancing":      {value: "true", stack: true, why: planned},
	"service.health_check_grace_period":          {value: "91", stack: true, why: planned},
	"service.deployment.minimum_healthy_percent": {value: "60", stack: true, operations: "RunningDuringDeployment("},
	"service.deployment.maximum_percent":         {value: "140", stack: true, operations: "RunningDuringDeployment("},
	"service.deployment.alarms.names":            {value: "[other]", stack: true, operations: "Alarms.Watched()"},
	"service.deployment.alarms.enabled":          {value: "false", stack: true, operations: "Alarms.Watched()"},
	"service.deployment.alarms.rollback":         {value: "true", stack: true, operations: "Alarms.Rollback"},
	"service.deployment.wait":                    {value: "false", stack: true, why: "it concerns the apply alone"},

	"access.cidrs": {value: "[203.0.113.0/24]", stack: true, diagram: true, operations: "Access.CIDRs"},
	"access.paths": {value: "[/rpc]", stack: true, diagram: true, operations: "Access.Forwards("},

	"load_balancer.enabled":                          {value: "false", stack: true, cost: true, diagram: true, operations: "LoadBalancer.Enabled"},
	"load_balancer.internal":                         {value: "false", stack: true, cost: true, diagram: true, operations: "LoadBalancer.Internal"},
	"load_balancer.deletion_protection":              {value: "false", stack: true, why: planned},
	"load_balancer.port":                             {value: "8081", stack: true, diagram: true, operations: "LoadBalancer.Port"},
	"load_balancer.https.enabled":                    {value: "false", excludes: []string{"certificate_arn"}, stack: true, cost: true, diagram: true, operations: "HTTPS()"},
	"load_balancer.https.certificate_arn":            {value: "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-90ab-cdef-1234-567890abcdef", stack: true, diagram: true, operations: "HTTPS.CertificateARN"},
	"load_balancer.https.policy":                     {value: "ELBSecurityPolicy-TLS13-1-3-2021-06", stack: true, operations: "HTTPS.Policy"},
	"load_balancer.idle_timeout":                     {value: "601", stack: true, why: planned},
	"load_balancer.deregistration_delay":             {value: "31", stack: true, why: planned},
	"load_balancer.drop_invalid_header_fields":       {value: "true", stack: true, why: planned},
	"load_balancer.health_check.path":                {value: "/other", stack: true, operations: "check.Path"},
	"load_balancer.health_check.matcher":             {value: `"204"`, stack: true, operations: "check.Matcher"},
	"load_balancer.health_check.interval":            {value: "21", stack: true, why: planned},
	"load_balancer.health_check.timeout":             {value: "7", stack: true, why: planned},
	"load_balancer.health_check.healthy_threshold":   {value: "4", stack: true, why: planned},
	"load_balancer.health_check.unhealthy_threshold": {value: "5", stack: true, why: planned},
	"load_balancer.stickiness.enabled":               {value: "false", stack: true, why: planned},
	"load_balancer.stickiness.duration":              {value: "3601", stack: true, why: planned},

	"waf.enabled":    {value: "false", stack: true, cost: true, diagram: true, operations: "WAF.Enabled"},
	"waf.rate_limit": {value: "600", stack: true, diagram: true, why: planned},

	"network.cidr":            {value: "10.60.0.0/17", stack: true, diagram: true, operations: "Network.CIDR"},
	"network.zones":           {value: "[a, c]", stack: true, diagram: true, why: planned},
	"network.mode":            {value: "public", stack: true, cost: true, diagram: true, operations: "Network.PublicTasks()"},
	"network.nat":             {value: "single", stack: true, cost: true, diagram: true, operations: "NATZones()"},
	"network.private_subnets": {value: "[10.60.64.0/21, 10.60.72.0/21]", stack: true, diagram: true, why: planned},
	"network.subnets":         {value: "[10.60.0.0/20, 10.60.32.0/20]", stack: true, diagram: true, why: planned},

	"network.flow_logs.enabled":        {value: "false", stack: true, cost: true, diagram: true, operations: "FlowLogs.Enabled"},
	"network.flow_logs.retention_days": {value: "60", stack: true, diagram: true, why: planned},
	"network.flow_logs.traffic":        {value: "accept", stack: true, diagram: true, operations: "FlowLogs.Traffic"},
	"network.existing.vpc_id":          {file: existingVPC, value: "vpc-0a1b2c3e", stack: true, diagram: true, operations: "Existing.VPCID"},
	"network.existing.public_subnets":  {file: existingVPC, value: "[subnet-0000000a, subnet-0000000b, subnet-0000000f]", stack: true, cost: true, operations: "Existing.PublicSubnets"},
	"network.existing.task_subnets":    {file: existingVPC, value: "[subnet-0000000c, subnet-0000000d]", stack: true, diagram: true, operations: "Existing.TaskSubnets"},

	"discovery.enabled": {value: "false", excludes: []string{"clients"}, stack: true, cost: true, diagram: true, operations: "Discovery.Enabled"},
	"discovery.clients": {value: "[10.71.0.0/16]", stack: true, why: planned},
	"discovery.ttl":     {value: "31", stack: true, why: planned},

	"logs.retention_days":        {value: "14", stack: true, diagram: true, why: planned},
	"logs.exec":                  {value: "false", stack: true, diagram: true, operations: "Logs.ExecEnabled()"},
	"logs.access.enabled":        {value: "false", stack: true, diagram: true, operations: "Logs.AccessEnabled()"},
	"logs.access.retention_days": {value: "60", stack: true, diagram: true, why: planned},
	"logs.insights":              {value: "false", stack: true, operations: "Logs.InsightsEnabled()"},
	"logs.kms_key":               {value: "arn:aws:kms:eu-west-1:123456789012:key/00000000-90ab-cdef-1234-567890abcdef", stack: true, operations: "Logs.KMSKey"},

	"dns.enabled":  {value: "false", stack: true, cost: true, diagram: true, operations: "CustomDomain()"},
	"dns.zone":     {value: "example.org", stack: true, diagram: true, operations: "DNS.Zone"},
	"dns.name":     {value: "other", stack: true, diagram: true, operations: "CustomDomain()"},
	"dns.ipv6":     {value: "false", stack: true, why: planned},
	"dns.regional": {value: "false", stack: true, diagram: true, operations: "RegionalDomain()"},

	"weekend.enabled":               {value: "false", stack: true, cost: true, diagram: true, operations: "Weekend.Enabled"},
	"weekend.destroy_albs":          {value: "false", stack: true, cost: true, diagram: true, operations: "Weekend.DestroyALBs"},
	"weekend.days":                  {value: "[sat]", stack: true, cost: true, diagram: true, operations: "ScheduledActions()"},
	"weekend.start_hour":            {value: "8", stack: true, cost: true, diagram: true, operations: "ScheduledActions()"},
	"weekend.end_hour":              {value: "21", stack: true, cost: true, diagram: true, operations: "ScheduledActions()"},
	"weekend.timezone":              {value: "Europe/London", stack: true, diagram: true, operations: "Weekend.Timezone"},
	"weekend.active":                {value: "false", stack: true, cost: true, diagram: true, operations: "Weekend.Active"},
	"weekend.lead_minutes":          {value: "90", stack: true, cost: true, diagram: true, operations: "ExpectedAt("},
	"weekend.answer":                {file: answering, value: "false", stack: true, cost: true, operations: "expected.Answer"},
	"weekend.wake_on_request":       {file: waking, value: "false", stack: true, cost: true, operations: "WakesOnRequest()"},
	"weekend.wake_for":              {file: waking, value: "45", stack: true, why: planned},
	"weekend.wake_hours.start_hour": {file: waking, value: "9", stack: true, why: planned},
	"weekend.wake_hours.end_hour":   {file: waking, value: "21", stack: true, why: planned},
	"weekend.wake_budget":           {file: waking, value: "40", stack: true, cost: true, operations: "Weekend.WakeBudget"},
	"weekend.skip":                  {value: `["2030-12-28"]`, stack: true, diagram: true, operations: "ScheduledActions()"},
	"weekend.extra":                 {value: `["2030-12-25"]`, stack: true, diagram: true, operations: "ScheduledActions()"},

	"alarms.email":         {value: "other@example.com", stack: true, operations: "Alarms.Enabled()"},
	"alarms.topic_arn":     {file: existingVPC, value: "arn:aws:sns:eu-west-1:123456789012:other", stack: true, operations: "Alarms.Enabled()"},
	"alarms.response_time": {value: "21", stack: true, why: planned},
	"alarms.error_percent": {value: "2", stack: true, why: planned},
	"alarms.budget":        {value: "91", stack: true, why: planned},

	"dashboard": {value: "false", stack: true, cost: true, operations: "region.Dashboard"},

	"adopt": {file: adopted, value: "other.json", stack: true, why: planned},

	"usage.lcu":         {value: "1", stack: true, cost: true, why: estimate},
	"usage.log_gb":      {value: "3", stack: true, cost: true, why: estimate},
	"usage.flow_log_gb": {value: "0", stack: true, cost: true, why: estimate},
	// The built-in table has no price for either.
	"usage.access_log_gb":    {value: "6", why: estimate},
	"usage.insights_metrics": {value: "60", why: estimate},
	"usage.egress_gb":        {value: "30", stack: true, cost: true, why: estimate},
	"usage.nat_gb":           {value: "30", stack: true, cost: true, why: estimate},
	"usage.efs_gb":           {file: everyVolume, value: "0", stack: true, cost: true, why: estimate},
	"usage.dns_queries":      {value: "2", stack: true, cost: true, why: estimate},
	"usage.answer_requests":  {file: answering, value: "2", stack: true, cost: true, why: estimate},
	"usage.wake_hours":       {file: waking, value: "2", stack: true, cost: true, why: estimate},
	"usage.secret_reads":     {value: "60000", stack: true, cost: true, why: estimate},
	"usage.waf_requests":     {value: "6", stack: true, cost: true, why: estimate},
}

// TestEveryKeyIsAccountedFor changes one key of a fleet after another and compares what changes with the
// table. It fails for a key without a row and for a row without a key.
func TestEveryKeyIsAccountedFor(t *testing.T) {
	sources := operationsSources(t)
	before := map[string]derived{everyKey: readFleet(t, everyKey), existingVPC: readFleet(t, existingVPC), everyVolume: readFleet(t, everyVolume), adopted: readFleet(t, adopted), answering: readFleet(t, answering), scheduled: readFleet(t, scheduled), waking: readFleet(t, waking)}
	var known []string
	for _, key := range config.Keys() {
		name := strings.TrimPrefix(key.Path, "defaults.")
		known = append(known, name)
		use, listed := keyUses[name]
		if !listed {
			t.Errorf("%s has no row in keyUses; CONTRIBUTING.md lists what a new key needs", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			before, after := before[use.fleet()], readFleet(t, changedFleet(t, key.Path, use))
			for part, changes := range map[string]struct{ got, want bool }{
				"stack":   {!maps.EqualFunc(before.stacks, after.stacks, bytes.Equal), use.stack},
				"cost":    {before.estimate != after.estimate, use.cost},
				"diagram": {before.drawing != after.drawing, use.diagram},
			} {
				if changes.got != changes.want {
					t.Errorf("another value changes the %s: %t, want %t", part, changes.got, changes.want)
				}
			}
			if (use.operations == "") == (use.why == "") {
				t.Error("the row needs either operations or why")
			}
			if !strings.Contains(sources, use.operations) {
				t.Errorf("internal/ops does not contain %s", use.operations)
			}
		})
	}
	for name := range keyUses {
		if !slices.Contains(known, name) {
			t.Errorf("keyUses has a row for %s, which is not a key", name)
		}
	}
}

// TestAFleetSetsEveryKey holds that every key is in a fleet whose stack is reviewed.
func TestAFleetSetsEveryKey(t *testing.T) {
	for _, key := range config.Keys() {
		use := keyUses[strings.TrimPrefix(key.Path, "defaults.")]
		section, last := sectionOf(t, readTree(t, use.fleet()), key.Path)
		if _, set := section[last]; !set {
			t.Errorf("%s does not set %s", use.fleet(), key.Path)
		}
	}
}

// fleet returns the fleet file that sets the key.
func (u keyUse) fleet() string { return cmp.Or(u.file, everyKey) }

// derived is what the product makes of a fleet file.
type derived struct {
	stacks            map[string][]byte
	estimate, drawing string
}

func readFleet(t *testing.T, file string) derived {
	t.Helper()
	synthesized, err := synthesizeFile(file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	fleet := synthesized.fleet
	result := derived{
		stacks:   map[string][]byte{},
		estimate: totals(cost.Builtin().Estimate(fleet)),
		drawing:  diagram.Mermaid(fleet) + diagram.SVG(fleet),
	}
	for stack := range synthesized.stacks {
		result.stacks[stack] = synthesized.read(t, stack)
	}
	return result
}

// totals returns the monthly cost, up to the maximum of autoscaling.
func totals(estimate cost.Fleet) string {
	text := estimate.Total.String()
	if estimate.Maximum != nil {
		text += " to " + estimate.Maximum.String()
	}
	return text
}

// changedFleet writes the key's fleet file with another value for the key.
func changedFleet(t *testing.T, path string, use keyUse) (file string) {
	t.Helper()
	tree := readTree(t, use.fleet())
	section, last := sectionOf(t, tree, path)
	var parsed any
	if err := yaml.Unmarshal([]byte(use.value), &parsed); err != nil || parsed == nil {
		t.Fatalf("the row's value %q is not YAML: %v", use.value, err)
	}
	section[last] = parsed
	for _, key := range use.excludes {
		delete(section, key)
	}
	text, err := yaml.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "regions.yaml")
	write(t, file, string(text))
	write(t, filepath.Join(filepath.Dir(file), "other.json"), `{"import": [{"to": "aws_vpc.main", "id": "vpc-0123456789abcdef0"}]}`)
	return file
}

func readTree(t *testing.T, file string) map[string]any {
	t.Helper()
	tree := map[string]any{}
	readYAML(t, file, &tree)
	return tree
}

// sectionOf returns the mapping that holds a key, and the key's last part. Of a list it takes the first item, and of a map of
// sections the first by name.
func sectionOf(t *testing.T, tree map[string]any, path string) (section map[string]any, last string) {
	t.Helper()
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		below, ok := tree[part].(map[string]any)
		if list, isList := strings.CutSuffix(part, "[]"); isList {
			below, ok = tree[list].([]any)[0].(map[string]any)
		}
		if part == "NAME" {
			below, ok = tree[slices.Min(slices.Collect(maps.Keys(tree)))].(map[string]any)
		}
		if !ok {
			t.Fatalf("the fleet file has no section %s for %s", part, path)
		}
		tree = below
	}
	return tree, parts[len(parts)-1]
}

// operationsSources returns the source of internal/ops, without its tests.
func operationsSources(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("internal/ops/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
