package clients;

import static clients.Checks.same;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.FileSystemResource;
import org.springframework.vault.VaultException;
import org.springframework.vault.authentication.SimpleSessionManager;
import org.springframework.vault.authentication.TokenAuthentication;
import org.springframework.vault.client.ClientHttpRequestFactoryFactory;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.vault.core.VaultKeyValueOperationsSupport.KeyValueBackend;
import org.springframework.vault.core.VaultTemplate;
import org.springframework.vault.support.Ciphertext;
import org.springframework.vault.support.ClientOptions;
import org.springframework.vault.support.Plaintext;
import org.springframework.vault.support.Policy;
import org.springframework.vault.support.SslConfiguration;
import org.springframework.vault.support.SslConfiguration.KeyStoreConfiguration;
import org.springframework.vault.support.VaultTokenRequest;

/** Uses a server through Spring Vault, as its documentation shows. */
public final class Spring {
  private static VaultTemplate template(String token) {
    KeyStoreConfiguration authority =
        KeyStoreConfiguration.of(new FileSystemResource(System.getenv("VAULT_CACERT")))
            .withStoreType(SslConfiguration.PEM_KEYSTORE_TYPE);
    return new VaultTemplate(
        VaultEndpoint.from(URI.create(System.getenv("VAULT_ADDR"))),
        ClientHttpRequestFactoryFactory.create(
            new ClientOptions(), SslConfiguration.forTrustStore(authority)),
        new SimpleSessionManager(new TokenAuthentication(token)));
  }

  private static VaultTemplate template() {
    return template(System.getenv("VAULT_TOKEN"));
  }

  private static void refused(Checks.Check check) throws Exception {
    try {
      check.run();
    } catch (VaultException expected) {
      return;
    }
    throw new AssertionError("it was not refused");
  }

  public static void main(String[] args) {
    Checks checks = new Checks();
    checks.add(
        "health tells that the server is unsealed",
        () -> {
          var health = template().opsForSys().health();
          same(true, health.isInitialized());
          same(false, health.isSealed());
        });
    checks.add(
        "KV version 1 keeps a secret, lists it and deletes it",
        () -> {
          VaultTemplate vault = template();
          vault.write("kv1/spring/a", Map.of("username", "hello", "password", "world"));
          same("world", vault.read("kv1/spring/a").getRequiredData().get("password"));
          same(List.of("a"), vault.list("kv1/spring"));
          vault.delete("kv1/spring/a");
          same(null, vault.read("kv1/spring/a"));
        });
    checks.add(
        "KV version 2 keeps versions, and changes a part of a secret",
        () -> {
          var kv = template().opsForKeyValue("secret", KeyValueBackend.KV_2);
          kv.put("spring/a", Map.of("v", "one"));
          kv.put("spring/a", Map.of("v", "two"));
          same("two", kv.get("spring/a").getRequiredData().get("v"));
          kv.patch("spring/a", Map.of("more", "x"));
          same("x", kv.get("spring/a").getRequiredData().get("more"));
          same("two", kv.get("spring/a").getRequiredData().get("v"));
          var versioned = template().opsForVersionedKeyValue("secret");
          same(3, versioned.get("spring/a").getRequiredMetadata().getVersion().getVersion());
          kv.delete("spring/a");
          same(null, kv.get("spring/a"));
        });
    checks.add(
        "a token is made and revoked",
        () -> {
          var request =
              VaultTokenRequest.builder().withPolicy("default").ttl(Duration.ofHours(1)).build();
          String token = template().opsForToken().create(request).getToken().getToken();
          var own = template(token).read("auth/token/lookup-self").getRequiredData();
          same(true, own.containsKey("ttl"));
          template(token).write("auth/token/revoke-self", Map.of());
          refused(() -> template(token).read("auth/token/lookup-self"));
        });
    checks.add(
        "a wrapped answer is opened once",
        () -> {
          var wrapping = template().opsForWrapping();
          var wrapped = wrapping.wrap(Map.of("v", "x"), Duration.ofMinutes(1));
          same("x", wrapping.read(wrapped.getToken()).getRequiredData().get("v"));
          same(null, wrapping.read(wrapped.getToken()));
        });
    checks.add(
        "transit encrypts and decrypts",
        () -> {
          var transit = template().opsForTransit();
          transit.createKey("spring");
          Ciphertext sealed = transit.encrypt("spring", Plaintext.of("hello"));
          same("hello", transit.decrypt("spring", sealed).asString());
        });
    checks.add(
        "a policy is made and removed",
        () -> {
          var sys = template().opsForSys();
          var rule =
              Policy.Rule.builder().path("kv1/*").capability(Policy.BuiltinCapabilities.READ).build();
          sys.createOrUpdatePolicy("spring-made", Policy.of(rule));
          same(true, sys.getPolicyNames().contains("spring-made"));
          sys.deletePolicy("spring-made");
        });
    checks.add("a bad token is refused", () -> refused(() -> template("hvs.none").read("kv1/spring/a")));
    checks.run();
  }
}
