package synth

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// State returns the location of a stack's state: the path of a file, or s3://bucket/key.
func State(stack string) (string, error) {
	file := filepath.Join(Folder(stack), "cdk.tf.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var stackFile struct {
		Terraform struct {
			Backend struct {
				Local struct{ Path string }
				S3    *struct{ Bucket, Key string }
			}
		}
	}
	if err := json.Unmarshal(text, &stackFile); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	if s3 := stackFile.Terraform.Backend.S3; s3 != nil {
		return "s3://" + s3.Bucket + "/" + s3.Key, nil
	}
	return filepath.Join(Folder(stack), stackFile.Terraform.Backend.Local.Path), nil
}
