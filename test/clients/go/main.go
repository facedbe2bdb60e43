// Uses a server through the Go client, as its documentation shows, and prints a line of JSON for each check.
// Built with the tag "openbao" it uses OpenBao's client instead of Vault's.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

type check struct {
	name string
	run  func(ctx context.Context, client *Client) error
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, one := range checks {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := onNewClient(ctx, one)
		cancel()
		outcome := map[string]any{"name": one.name, "error": nil}
		if err != nil {
			outcome["error"] = err.Error()
		}
		if err := out.Encode(outcome); err != nil {
			os.Exit(1)
		}
	}
}

func onNewClient(ctx context.Context, one check) error {
	client, err := connect(os.Getenv("VAULT_ADDR"), os.Getenv("VAULT_CACERT"))
	if err != nil {
		return err
	}
	client.SetToken(os.Getenv("VAULT_TOKEN"))
	return one.run(ctx, client)
}

var checks = []check{
	{"health tells that the server is unsealed", health},
	{"KV version 1 keeps a secret, lists it and deletes it", kv1},
	{"KV version 2 keeps versions, and refuses a write for another version", kv2},
	{"a token is made, looked up, renewed and revoked", tokens},
	{"the lifetime watcher renews a token until it cannot live longer", watcher},
	{"a wrapped answer is opened once", wrapping},
	{"AppRole logs a service in", appRole},
	{"a user name and a password log a person in", userpass},
	{"transit encrypts and decrypts", transit},
	{"an engine and a policy are made, seen and removed", administration},
	{"a refusal is an error with its status", refusals},
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func statusOf(err error) int {
	var answer *ResponseError
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

func health(ctx context.Context, client *Client) error {
	answer, err := client.Sys().HealthWithContext(ctx)
	if err != nil {
		return err
	}
	return want(answer.Initialized && !answer.Sealed, "health: %+v", answer)
}

func kv1(ctx context.Context, client *Client) error {
	kv := client.KVv1("kv1")
	if err := kv.Put(ctx, "go/a", map[string]any{"password": "x", "port": 5432}); err != nil {
		return err
	}
	secret, err := kv.Get(ctx, "go/a")
	if err != nil {
		return err
	}
	if err := want(secret.Data["password"] == "x" && fmt.Sprint(secret.Data["port"]) == "5432", "read %v", secret.Data); err != nil {
		return err
	}
	list, err := client.Logical().ListWithContext(ctx, "kv1/go")
	if err != nil {
		return err
	}
	if err := want(fmt.Sprint(list.Data["keys"]) == "[a]", "listed %v", list.Data); err != nil {
		return err
	}
	if err := kv.Delete(ctx, "go/a"); err != nil {
		return err
	}
	gone, err := client.Logical().ReadWithContext(ctx, "kv1/go/a")
	return want(gone == nil && err == nil, "a deleted secret is %v, %v", gone, err)
}

func kv2(ctx context.Context, client *Client) error {
	kv := client.KVv2("secret")
	for _, value := range []string{"one", "two"} {
		if _, err := kv.Put(ctx, "go/a", map[string]any{"v": value}); err != nil {
			return err
		}
	}
	secret, err := kv.Get(ctx, "go/a")
	if err != nil {
		return err
	}
	if err := want(secret.Data["v"] == "two" && secret.VersionMetadata.Version == 2, "read %v", secret.Data); err != nil {
		return err
	}
	first, err := kv.GetVersion(ctx, "go/a", 1)
	if err != nil {
		return err
	}
	if err := want(first.Data["v"] == "one", "version 1 is %v", first.Data); err != nil {
		return err
	}
	if _, err := kv.Patch(ctx, "go/a", map[string]any{"more": "x"}); err != nil {
		return err
	}
	if err := kv.Delete(ctx, "go/a"); err != nil {
		return err
	}
	if err := kv.Undelete(ctx, "go/a", []int{3}); err != nil {
		return err
	}
	patched, err := kv.Get(ctx, "go/a")
	if err != nil {
		return err
	}
	if err := want(patched.Data["v"] == "two" && patched.Data["more"] == "x", "patched to %v", patched.Data); err != nil {
		return err
	}
	if _, err := kv.Rollback(ctx, "go/a", 1); err != nil {
		return err
	}
	_, err = client.Logical().WriteWithContext(ctx, "secret/data/go/a", map[string]any{
		"options": map[string]any{"cas": 1}, "data": map[string]any{"v": "late"},
	})
	if err := want(statusOf(err) == 400, "a write for version 1: %v", err); err != nil {
		return err
	}
	return kv.DeleteMetadata(ctx, "go/a")
}

func tokens(ctx context.Context, client *Client) error {
	made, err := client.Auth().Token().CreateWithContext(ctx, &TokenRequest{Policies: []string{"default"}, TTL: "1h"})
	if err != nil {
		return err
	}
	client.SetToken(made.Auth.ClientToken)
	seen, err := client.Auth().Token().LookupSelfWithContext(ctx)
	if err != nil {
		return err
	}
	ttl, err := seen.TokenTTL()
	if err != nil {
		return err
	}
	if err := want(ttl > 59*time.Minute && ttl <= time.Hour, "it lives for %v", ttl); err != nil {
		return err
	}
	renewed, err := client.Auth().Token().RenewSelfWithContext(ctx, 7200)
	if err != nil {
		return err
	}
	if err := want(renewed.Auth.LeaseDuration == 7200, "renewed to %d", renewed.Auth.LeaseDuration); err != nil {
		return err
	}
	if err := client.Auth().Token().RevokeSelfWithContext(ctx, ""); err != nil {
		return err
	}
	_, err = client.Auth().Token().LookupSelfWithContext(ctx)
	return want(statusOf(err) == 403, "a revoked token: %v", err)
}

func watcher(ctx context.Context, client *Client) error {
	made, err := client.Auth().Token().CreateWithContext(ctx, &TokenRequest{
		Policies: []string{"default"}, TTL: "2s", ExplicitMaxTTL: "5s",
	})
	if err != nil {
		return err
	}
	client.SetToken(made.Auth.ClientToken)
	watched, err := client.NewLifetimeWatcher(&Watched{Secret: made})
	if err != nil {
		return err
	}
	go watched.Start()
	defer watched.Stop()
	renewals := 0
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-watched.RenewCh():
			renewals++
		case err := <-watched.DoneCh():
			return errors.Join(err, want(renewals > 0, "it was never renewed"))
		}
	}
}

func wrapping(ctx context.Context, client *Client) error {
	client.SetWrappingLookupFunc(func(string, string) string { return "1m" })
	wrapped, err := client.Logical().WriteWithContext(ctx, "sys/wrapping/wrap", map[string]any{"v": "x"})
	if err != nil {
		return err
	}
	client.SetWrappingLookupFunc(nil)
	opened, err := client.Logical().UnwrapWithContext(ctx, wrapped.WrapInfo.Token)
	if err != nil {
		return err
	}
	if err := want(opened.Data["v"] == "x", "unwrapped %v", opened.Data); err != nil {
		return err
	}
	_, err = client.Logical().UnwrapWithContext(ctx, wrapped.WrapInfo.Token)
	return want(err != nil, "it was opened twice")
}

// Logs in without a token, then looks at what it got.
func logIn(ctx context.Context, client *Client, path string, fields map[string]any, policy string) error {
	client.ClearToken()
	login, err := client.Logical().WriteWithContext(ctx, path, fields)
	if err != nil {
		return err
	}
	client.SetToken(login.Auth.ClientToken)
	policies, err := login.TokenPolicies()
	if err != nil {
		return err
	}
	return want(fmt.Sprint(policies) == fmt.Sprintf("[default %s]", policy), "policies %v", policies)
}

func appRole(ctx context.Context, client *Client) error {
	role := "auth/approle/role/go"
	if _, err := client.Logical().WriteWithContext(ctx, role, map[string]any{"token_policies": "reader", "secret_id_num_uses": 1}); err != nil {
		return err
	}
	id, err := client.Logical().ReadWithContext(ctx, role+"/role-id")
	if err != nil {
		return err
	}
	secret, err := client.Logical().WriteWithContext(ctx, role+"/secret-id", nil)
	if err != nil {
		return err
	}
	fields := map[string]any{"role_id": id.Data["role_id"], "secret_id": secret.Data["secret_id"]}
	if err := logIn(ctx, client, "auth/approle/login", fields, "reader"); err != nil {
		return err
	}
	_, err = client.Logical().WriteWithContext(ctx, "auth/approle/login", fields)
	return want(statusOf(err) == 400 || statusOf(err) == 403, "a secret id used twice: %v", err)
}

func userpass(ctx context.Context, client *Client) error {
	user := map[string]any{"password": "correct horse", "token_policies": "reader"}
	if _, err := client.Logical().WriteWithContext(ctx, "auth/userpass/users/gopher", user); err != nil {
		return err
	}
	return logIn(ctx, client, "auth/userpass/login/gopher", map[string]any{"password": "correct horse"}, "reader")
}

func transit(ctx context.Context, client *Client) error {
	if _, err := client.Logical().WriteWithContext(ctx, "transit/keys/go", nil); err != nil {
		return err
	}
	plain := base64.StdEncoding.EncodeToString([]byte("hello"))
	sealed, err := client.Logical().WriteWithContext(ctx, "transit/encrypt/go", map[string]any{"plaintext": plain})
	if err != nil {
		return err
	}
	opened, err := client.Logical().WriteWithContext(ctx, "transit/decrypt/go", map[string]any{"ciphertext": sealed.Data["ciphertext"]})
	if err != nil {
		return err
	}
	return want(opened.Data["plaintext"] == plain, "decrypted %v", opened.Data)
}

func administration(ctx context.Context, client *Client) error {
	if err := client.Sys().MountWithContext(ctx, "go-made", &MountInput{Type: "kv", Description: "for a moment"}); err != nil {
		return err
	}
	mounts, err := client.Sys().ListMountsWithContext(ctx)
	if err != nil {
		return err
	}
	if err := want(mounts["go-made/"] != nil && mounts["go-made/"].Description == "for a moment", "mounts %v", mounts); err != nil {
		return err
	}
	if err := client.Sys().UnmountWithContext(ctx, "go-made"); err != nil {
		return err
	}
	rules := `path "kv1/*" { capabilities = ["read"] }`
	if err := client.Sys().PutPolicyWithContext(ctx, "go-made", rules); err != nil {
		return err
	}
	read, err := client.Sys().GetPolicyWithContext(ctx, "go-made")
	if err != nil {
		return err
	}
	if err := want(read == rules, "the policy is %q", read); err != nil {
		return err
	}
	return client.Sys().DeletePolicyWithContext(ctx, "go-made")
}

func refusals(ctx context.Context, client *Client) error {
	missing, err := client.Logical().ReadWithContext(ctx, "kv1/go/none")
	if err := want(missing == nil && err == nil, "a missing secret is %v, %v", missing, err); err != nil {
		return err
	}
	_, err = client.Logical().WriteWithContext(ctx, "kv1/go/empty", map[string]any{})
	if err := want(statusOf(err) == 400, "a secret without fields: %v", err); err != nil {
		return err
	}
	client.SetToken("hvs.none")
	_, err = client.Logical().ReadWithContext(ctx, "kv1/go/none")
	return want(statusOf(err) == 403, "a bad token: %v", err)
}
