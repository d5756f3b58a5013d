package leftover

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/naming"
)

// timeout limits how long an unreachable bucket can delay the results of a command.
const timeout = 45 * time.Second

// bucketStates returns the states in the fleet's bucket by region. It lists the bucket first, because most
// regions never had a state.
func bucketStates(ctx context.Context, open session.Opener, fleet *config.Fleet, regions []naming.Names) (map[string][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cfg, err := open(ctx, fleet.State.Region)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg)
	listed := map[string]bool{}
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{
		Bucket: &fleet.State.Bucket,
		Prefix: new(fleet.State.Prefix + "/terraform." + fleet.Environment + "-"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			listed[*object.Key] = true
		}
	}
	states := map[string][]byte{}
	for _, names := range regions {
		key := fleet.State.Prefix + "/" + names.StateFile()
		if !listed[key] {
			continue
		}
		if states[names.Region], err = read(ctx, client, fleet.State.Bucket, key); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// Object returns an object in a bucket of a region.
func Object(ctx context.Context, open session.Opener, region, bucket, key string) ([]byte, error) {
	cfg, err := open(ctx, region)
	if err != nil {
		return nil, err
	}
	return read(ctx, s3.NewFromConfig(cfg), bucket, key)
}

func read(ctx context.Context, client *s3.Client, bucket, key string) ([]byte, error) {
	object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer func() { _ = object.Body.Close() }()
	return io.ReadAll(object.Body)
}
