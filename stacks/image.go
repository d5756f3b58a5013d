package stacks

import (
	"fmt"

	"github.com/cdtait/mcpfleet/config"
)

// imageRules restrict container_image to images that the execution role may pull, and that the tasks can reach. The
// role's policy only covers the ECR repository of the fleet file's image. Images outside ECR need no permissions, but
// without the internet they cannot be reached.
func imageRules(settings config.Settings) []rule {
	const advice = " To take this image, write it as container.image in the fleet file, and synthesize again."
	container := settings.Container
	allowed, message := "!"+imageMatches(config.PrivateImages), "The execution role may not pull from ECR."+advice
	own := container.RepositoryImages()
	switch {
	case settings.Network.Mode == config.NetworkEndpoints:
		allowed = imageMatches(container.EndpointImages())
		message = "With network.mode endpoints, images can be pulled from " + container.RepositoryARN() + " only." + advice
	case own != "":
		allowed += " || " + imageMatches(own)
		message = "In ECR the execution role may pull from " + container.RepositoryARN() + " only." + advice
	}
	return []rule{
		{imageMatches("^[A-Za-z0-9][A-Za-z0-9._:/@-]*$"), "container_image has to be an image reference, such as ghcr.io/cdtait/fmp-mcp-server:1.2.0."},
		{allowed, message},
	}
}

func imageMatches(pattern string) string {
	return fmt.Sprintf("can(regex(%q, var.container_image))", pattern)
}
