using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Api;

/// <summary>
/// Docker's own file of who we are to registries (<c>~/.docker/config.json</c>, or below <c>DOCKER_CONFIG</c>), so that who logged in by any client is logged in here:
/// passwords and identity tokens in it, or with a credential helper.
/// </summary>
public sealed class DockerConfig
{
    private const string DockerHub = "docker.io";
    private const string DockerHubKey = "https://index.docker.io/v1/";

    private readonly string _path;
    private readonly JsonObject _root;

    private DockerConfig(string path, JsonObject root) => (_path, _root) = (path, root);

    /// <summary>Reads the file of whoever runs us; absent is empty.</summary>
    /// <param name="environment">Reads a variable; null when unset.</param>
    /// <param name="folder">What a relative <c>DOCKER_CONFIG</c> starts from.</param>
    /// <exception cref="ApiException">It is not JSON.</exception>
    public static DockerConfig Read(Func<string, string?> environment, string folder) => ReadFile(PathOf(environment, folder));

    /// <summary>Reads a file of that form; absent is empty.</summary>
    /// <exception cref="ApiException">It is not JSON, or cannot be read.</exception>
    public static DockerConfig ReadFile(string path)
    {
        try
        {
            return new DockerConfig(path, File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? [] : []);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            // A parser repeats what it stumbled over, which may be a secret.
            string why = fault is JsonException { LineNumber: var line } ? $"line {line + 1} is no JSON" : fault.Message;
            throw Unusable($"{path} cannot be read: {why}", "It is docker's file of logins: mend it, or move it away");
        }
    }

    /// <summary>Where the file of whoever runs us is, or would be.</summary>
    public static string PathOf(Func<string, string?> environment, string folder)
    {
        string config = environment("DOCKER_CONFIG") is { Length: > 0 } set ? set : Path.Combine(environment("HOME") ?? "/root", ".docker");
        return Path.Combine(Path.GetFullPath(config, folder), "config.json");
    }

    /// <summary>Whether that file has logins that a program must be asked for. One that cannot be read has none: whoever reads it says what is wrong.</summary>
    public static bool AsksHelpers(string path)
    {
        try
        {
            JsonObject root = ReadFile(path)._root;
            return Text(root["credsStore"]) is { Length: > 0 } || root["credHelpers"] is JsonObject { Count: > 0 };
        }
        catch (ApiException)
        {
            return false;
        }
    }

    /// <summary>The registry that a reference names.</summary>
    public static string RegistryOf(string reference)
    {
        int slash = reference.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : reference[..slash];
        return first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" ? first : DockerHub;
    }

    /// <summary>Who we are to a registry; null where nobody logged in.</summary>
    /// <param name="registry">Its host and port; Docker Hub is <c>docker.io</c>.</param>
    /// <exception cref="ApiException">What is kept cannot be read.</exception>
    public async Task<RegistryAccount?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        if (HelperOf(registry) is { } helper)
        {
            return await CredentialHelper.GetAsync(helper, KeyOf(registry), cancellationToken).ConfigureAwait(false);
        }

        JsonNode? entry = EntryOf(registry);
        if (Text(entry?["identitytoken"]) is { Length: > 0 } token)
        {
            return new(RegistryAccount.IdentityTokenUser, token);
        }

        if (Text(entry?["auth"]) is not { Length: > 0 } auth)
        {
            return Text(entry?["username"]) is { Length: > 0 } user && Text(entry?["password"]) is { Length: > 0 } password ? new(user, password) : null;
        }

        try
        {
            string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2);
            return parts.Length == 2 ? new(parts[0], parts[1].TrimEnd('\0')) : null;
        }
        catch (FormatException)
        {
            throw Unusable($"the login for {registry} in {_path} is not base64", $"slipway login {registry}");
        }
    }

    /// <summary>Our logins at Docker Hub, and at every other registry that a text names.</summary>
    public async Task<IReadOnlyDictionary<string, RegistryAccount>> FindNamedAsync(string text, CancellationToken cancellationToken)
    {
        Dictionary<string, RegistryAccount> accounts = new(StringComparer.Ordinal);
        IEnumerable<string> keys = ((string[])["auths", "credHelpers"]).SelectMany(kind => (_root[kind] as JsonObject)?.Select(static entry => entry.Key) ?? []);
        foreach (string registry in keys.Select(RegistryOfKey).Distinct())
        {
            if ((registry == DockerHub || text.Contains(registry, StringComparison.Ordinal)) && await FindAsync(registry, cancellationToken).ConfigureAwait(false) is { } login)
            {
                accounts[registry] = login;
            }
        }

        return accounts;
    }

    /// <summary>Where a login is kept, for people.</summary>
    public string PlaceOf(string registry) => HelperOf(registry) is { } helper ? $"docker-credential-{helper}" : _path;

    /// <summary>Keeps a login, with the helper where there is one; the file is for its owner alone.</summary>
    public async Task StoreAsync(string registry, RegistryAccount account, CancellationToken cancellationToken)
    {
        JsonObject auths = _root["auths"] as JsonObject ?? [];
        _root["auths"] = auths;
        if (HelperOf(registry) is { } helper)
        {
            await CredentialHelper.StoreAsync(helper, KeyOf(registry), account, cancellationToken).ConfigureAwait(false);
            auths[KeyOf(registry)] = new JsonObject();
        }
        else
        {
            auths[KeyOf(registry)] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.User}:{account.Password}")) };
        }

        Write();
    }

    /// <summary>Forgets a login; false where there was none.</summary>
    public async Task<bool> EraseAsync(string registry, CancellationToken cancellationToken)
    {
        bool wasThere = await FindAsync(registry, cancellationToken).ConfigureAwait(false) is not null;
        if (HelperOf(registry) is { } helper && wasThere)
        {
            await CredentialHelper.EraseAsync(helper, KeyOf(registry), cancellationToken).ConfigureAwait(false);
        }

        string[] keys = [.. (_root["auths"] as JsonObject)?.Select(static entry => entry.Key).Where(key => RegistryOfKey(key) == registry) ?? []];
        foreach (string key in keys)
        {
            _root["auths"]!.AsObject().Remove(key);
        }

        if (keys.Length > 0)
        {
            Write();
        }

        return wasThere;
    }

    internal static ApiException Unusable(string message, string hint) => new(new ProblemDetails(ProblemKinds.FailedPrecondition, message, hint));

    private static string KeyOf(string registry) => registry == DockerHub ? DockerHubKey : registry;

    /// <summary>Clients have written a registry as its host, or as an address with a scheme and a path.</summary>
    private static string RegistryOfKey(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme < 0 ? key : key[(scheme + 3)..]).Split('/', 2)[0];
        return host is "index.docker.io" or "registry-1.docker.io" ? DockerHub : host;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private JsonObject? EntryOf(string registry) =>
        _root["auths"] is not JsonObject auths ? null
        : auths[KeyOf(registry)] as JsonObject ?? auths.FirstOrDefault(entry => RegistryOfKey(entry.Key) == registry).Value as JsonObject;

    private string? HelperOf(string registry) =>
        Text((_root["credHelpers"] as JsonObject)?[KeyOf(registry)]) is { Length: > 0 } own ? own : Text(_root["credsStore"]) is { Length: > 0 } all ? all : null;

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        string made = $"{_path}.{Guid.NewGuid():n}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (FileStream file = new(made, options))
        using (Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true }))
        {
            _root.WriteTo(json);
        }

        File.Move(made, _path, overwrite: true);
    }
}
