//go:build openbao

package main

import "github.com/openbao/openbao/api/v2"

// The names of the API that the checks use; hashicorp.go gives them the other client's.
type (
	Client        = api.Client
	Watched       = api.LifetimeWatcherInput
	TokenRequest  = api.TokenCreateRequest
	MountInput    = api.MountInput
	ResponseError = api.ResponseError
)

func connect(address, caFile string) (*Client, error) {
	config := api.DefaultConfig()
	config.Address = address
	if err := config.ConfigureTLS(&api.TLSConfig{CACert: caFile}); err != nil {
		return nil, err
	}
	return api.NewClient(config)
}
