//! Uses a server through `vaultrs`, as its documentation shows, and prints a line of JSON for each check.

use std::{collections::HashMap, env, error::Error, future::Future, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::json;
use vaultrs::{
    api::kv2::requests::SetSecretRequestOptions,
    api::token::requests::CreateTokenRequest,
    auth::{approle, userpass},
    client::{Client, VaultClient, VaultClientSettingsBuilder},
    error::ClientError,
    kv1, kv2, sys, token, transit,
};

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Login {
    user: String,
    password: String,
}

fn login(password: &str) -> Login {
    Login { user: "ann".into(), password: password.into() }
}

fn client() -> Result<VaultClient, Box<dyn Error>> {
    let settings = VaultClientSettingsBuilder::default()
        .address(env::var("VAULT_ADDR")?)
        .token(env::var("VAULT_TOKEN")?)
        .ca_certs(vec![env::var("VAULT_CACERT")?])
        .build()?;
    Ok(VaultClient::new(settings)?)
}

fn want(ok: bool, text: String) -> Outcome {
    if ok { Ok(()) } else { Err(text.into()) }
}

fn status_of<T>(result: &Result<T, ClientError>) -> u16 {
    match result {
        Err(ClientError::APIError { code, .. }) => *code,
        _ => 0,
    }
}

async fn report<F: Future<Output = Outcome>>(name: &str, work: F) {
    let error = match tokio::time::timeout(Duration::from_secs(30), work).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("{error}: {error:?}")),
        Err(_) => Some("it took longer than 30 seconds".into()),
    };
    println!("{}", json!({ "name": name, "error": error }));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    report("health tells that the server is unsealed", health()).await;
    report("KV version 1 keeps a secret, lists it and deletes it", version_1()).await;
    report("KV version 2 keeps versions, and refuses a write for another version", version_2()).await;
    report("a token is made, looked up, renewed and revoked", tokens()).await;
    report("AppRole logs a service in", app_role()).await;
    report("a user name and a password log a person in", user_and_password()).await;
    report("transit encrypts and decrypts", encryption()).await;
    report("an engine is made, seen and removed", engines()).await;
    report("a refusal is an error with its status", refusals()).await;
}

async fn health() -> Outcome {
    let health = sys::health(&client()?).await?;
    want(health.initialized && !health.sealed, format!("{health:?}"))
}

async fn version_1() -> Outcome {
    let client = client()?;
    let data = HashMap::from([("user", "ann"), ("password", "x")]);
    kv1::set(&client, "kv1", "rust/a", &data).await?;
    let read: Login = kv1::get(&client, "kv1", "rust/a").await?;
    want(read == login("x"), format!("read {read:?}"))?;
    let keys = kv1::list(&client, "kv1", "rust").await?.data.keys;
    want(keys == ["a"], format!("listed {keys:?}"))?;
    kv1::delete(&client, "kv1", "rust/a").await?;
    let gone = kv1::get::<Login>(&client, "kv1", "rust/a").await;
    want(status_of(&gone) == 404, format!("a deleted secret: {gone:?}"))
}

async fn version_2() -> Outcome {
    let client = client()?;
    kv2::set(&client, "secret", "rust/a", &login("one")).await?;
    let second = kv2::set(&client, "secret", "rust/a", &login("two")).await?;
    want(second.version == 2, format!("wrote {second:?}"))?;
    let read: Login = kv2::read(&client, "secret", "rust/a").await?;
    want(read == login("two"), format!("read {read:?}"))?;
    let first: Login = kv2::read_version(&client, "secret", "rust/a", 1).await?;
    want(first == login("one"), format!("version 1 is {first:?}"))?;
    let late = kv2::set_with_options(
        &client,
        "secret",
        "rust/a",
        &login("late"),
        SetSecretRequestOptions { cas: 1 },
    )
    .await;
    want(status_of(&late) == 400, format!("a write for version 1: {late:?}"))?;
    kv2::delete_latest(&client, "secret", "rust/a").await?;
    kv2::undelete_versions(&client, "secret", "rust/a", vec![2]).await?;
    let back: Login = kv2::read(&client, "secret", "rust/a").await?;
    want(back == login("two"), format!("undeleted {back:?}"))?;
    let keys = kv2::list(&client, "secret", "rust").await?;
    want(keys == ["a"], format!("listed {keys:?}"))?;
    kv2::delete_metadata(&client, "secret", "rust/a").await?;
    Ok(())
}

async fn tokens() -> Outcome {
    let mut client = client()?;
    let mut wanted = CreateTokenRequest::builder();
    let made = token::new(&client, Some(wanted.policies(vec!["default".into()]).ttl("1h"))).await?;
    client.set_token(&made.client_token);
    let seen = client.lookup().await?;
    want(seen.ttl > 3500 && seen.ttl <= 3600, format!("it lives for {}", seen.ttl))?;
    let renewed = client.renew(Some("2h")).await?;
    want(renewed.lease_duration == 7200, format!("renewed to {}", renewed.lease_duration))?;
    client.revoke().await?;
    let gone = client.lookup().await;
    want(status_of(&gone) == 403, format!("a revoked token: {gone:?}"))
}

async fn app_role() -> Outcome {
    let client = client()?;
    let mut role = vaultrs::api::auth::approle::requests::SetAppRoleRequest::builder();
    let with_policy = role.token_policies(vec!["reader".into()]);
    approle::role::set(&client, "approle", "rust", Some(with_policy)).await?;
    let role_id = approle::role::read_id(&client, "approle", "rust").await?.role_id;
    let secret = approle::role::secret::generate(&client, "approle", "rust", None).await?;
    let auth = approle::login(&client, "approle", &role_id, &secret.secret_id).await?;
    want(auth.policies == ["default", "reader"], format!("policies {:?}", auth.policies))
}

async fn user_and_password() -> Outcome {
    let client = client()?;
    let mut user = vaultrs::api::auth::userpass::requests::CreateUserRequest::builder();
    let with_policy = user.token_policies(vec!["reader".into()]);
    userpass::user::set(&client, "userpass", "crab", "correct horse", Some(with_policy)).await?;
    let auth = userpass::login(&client, "userpass", "crab", "correct horse").await?;
    want(auth.policies == ["default", "reader"], format!("policies {:?}", auth.policies))?;
    let wrong = userpass::login(&client, "userpass", "crab", "wrong").await;
    want(status_of(&wrong) == 400, format!("a wrong password: {wrong:?}"))
}

async fn encryption() -> Outcome {
    let client = client()?;
    transit::key::create(&client, "transit", "rust", None).await?;
    let sealed = transit::data::encrypt(&client, "transit", "rust", "aGVsbG8=", None).await?;
    let opened = transit::data::decrypt(&client, "transit", "rust", &sealed.ciphertext, None).await?;
    want(opened.plaintext == "aGVsbG8=", format!("decrypted {opened:?}"))
}

async fn engines() -> Outcome {
    let client = client()?;
    sys::mount::enable(&client, "rust-made", "kv", None).await?;
    let mounts = sys::mount::list(&client).await?;
    want(mounts.contains_key("rust-made/"), format!("mounts {:?}", mounts.keys()))?;
    sys::mount::disable(&client, "rust-made").await?;
    Ok(())
}

async fn refusals() -> Outcome {
    let mut client = client()?;
    let missing = kv1::get::<Login>(&client, "kv1", "rust/none").await;
    want(status_of(&missing) == 404, format!("a missing secret: {missing:?}"))?;
    client.set_token("hvs.none");
    let refused = kv1::get::<Login>(&client, "kv1", "rust/none").await;
    want(status_of(&refused) == 403, format!("a bad token: {refused:?}"))
}
