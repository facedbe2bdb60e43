package clients;

import static clients.Checks.same;

import io.github.jopenlibs.vault.SslConfig;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Auth.TokenRequest;
import java.io.File;
import java.util.List;
import java.util.Map;

/** Uses a server through vault-java-driver, as its documentation shows. */
public final class Driver {
  private static Vault vault(String token, int version) throws VaultException {
    VaultConfig config =
        new VaultConfig()
            .address(System.getenv("VAULT_ADDR"))
            .token(token)
            .sslConfig(new SslConfig().pemFile(new File(System.getenv("VAULT_CACERT"))).build())
            .build();
    return Vault.create(config, version);
  }

  private static Vault vault(int version) throws VaultException {
    return vault(System.getenv("VAULT_TOKEN"), version);
  }

  public static void main(String[] args) {
    Checks checks = new Checks();
    checks.add(
        "health tells that the server is unsealed",
        () -> same(false, vault(1).debug().health().getSealed()));
    checks.add(
        "KV version 1 keeps a secret, lists it and deletes it",
        () -> {
          var kv = vault(1).logical();
          kv.write("kv1/driver/a", Map.of("value", "world", "other", "x"));
          same("world", kv.read("kv1/driver/a").getData().get("value"));
          same(List.of("a"), kv.list("kv1/driver").getListData());
          kv.delete("kv1/driver/a");
          same(404, kv.read("kv1/driver/a").getRestResponse().getStatus());
        });
    checks.add(
        "KV version 2 keeps versions",
        () -> {
          var kv = vault(2).logical();
          kv.write("secret/driver/a", Map.of("v", "one"));
          kv.write("secret/driver/a", Map.of("v", "two"));
          same("two", kv.read("secret/driver/a").getData().get("v"));
          same("one", kv.read("secret/driver/a", true, 1).getData().get("v"));
          kv.delete("secret/driver/a");
        });
    checks.add(
        "a token is made, looked up, renewed and revoked",
        () -> {
          var made =
              vault(1).auth().createToken(new TokenRequest().polices(List.of("default")).ttl("1h"));
          var own = vault(made.getAuthClientToken(), 1).auth();
          same(true, own.lookupSelf().getTTL() > 3500);
          same(7200L, own.renewSelf(7200).getAuthLeaseDuration());
          own.revokeSelf();
          same(403, statusOf(own::lookupSelf));
        });
    checks.add(
        "AppRole logs a service in",
        () -> {
          var logical = vault(1).logical();
          logical.write("auth/approle/role/driver", Map.of("token_policies", "reader"));
          String role = logical.read("auth/approle/role/driver/role-id").getData().get("role_id");
          String secret =
              logical.write("auth/approle/role/driver/secret-id", null).getData().get("secret_id");
          var login = vault("", 1).auth().loginByAppRole(role, secret);
          same(List.of("default", "reader"), login.getAuthPolicies());
        });
    checks.add(
        "a user name and a password log a person in",
        () -> {
          Map<String, Object> user = Map.of("password", "correct horse", "token_policies", "reader");
          vault(1).logical().write("auth/userpass/users/duke", user);
          var login = vault("", 1).auth().loginByUserPass("duke", "correct horse");
          same(List.of("default", "reader"), login.getAuthPolicies());
        });
    checks.add(
        "a bad token is refused",
        () ->
            same(
                403,
                vault("hvs.none", 1).logical().read("kv1/driver/a").getRestResponse().getStatus()));
    checks.run();
  }

  private static int statusOf(Checks.Check check) throws Exception {
    try {
      check.run();
    } catch (VaultException failure) {
      return failure.getHttpStatusCode();
    }
    return 200;
  }
}
