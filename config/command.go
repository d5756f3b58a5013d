package config

// Command is a command line for the CDKTF app on a fleet file, which it takes from MCPFLEET_CONFIG.
func Command(file, line string) string {
	if file == DefaultFile {
		return line
	}
	return "MCPFLEET_CONFIG=" + file + " " + line
}
