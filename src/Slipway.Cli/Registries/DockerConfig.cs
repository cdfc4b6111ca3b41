using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Cli.Registries;

/// <summary>
/// Docker's own file of who we are to registries (<c>~/.docker/config.json</c>, or below <c>DOCKER_CONFIG</c>), so that who logged in by any client is logged in here:
/// passwords in it, or with a credential helper.
/// </summary>
internal sealed class DockerConfig
{
    private const string DockerHub = "docker.io";
    private const string DockerHubKey = "https://index.docker.io/v1/";

    private readonly string path;
    private readonly JsonObject root;

    private DockerConfig(string path, JsonObject root) => (this.path, this.root) = (path, root);

    /// <summary>Reads the file; absent is empty.</summary>
    /// <exception cref="CliException">It is not JSON.</exception>
    public static DockerConfig Read(CommandContext context)
    {
        string folder = context.Environment("DOCKER_CONFIG") is { Length: > 0 } set ? set : Path.Combine(context.Environment("HOME") ?? "/root", ".docker");
        string path = Path.Combine(context.Resolve(folder), "config.json");
        try
        {
            return new DockerConfig(path, File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? [] : []);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read: {fault.Message}", "It is docker's file of logins: mend it, or move it away");
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
    public async Task<(string User, string Password)?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        if (HelperOf(registry) is { } helper)
        {
            return await CredentialHelper.GetAsync(helper, KeyOf(registry), cancellationToken).ConfigureAwait(false);
        }

        JsonNode? entry = root["auths"]?[KeyOf(registry)] ?? root["auths"]?["https://" + registry];
        if (Text(entry?["auth"]) is not { Length: > 0 } auth)
        {
            return null;
        }

        try
        {
            string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2);
            return parts.Length == 2 ? (parts[0], parts[1].TrimEnd('\0')) : null;
        }
        catch (FormatException)
        {
            throw new CliException($"the login for {registry} in {path} is not base64", $"slipway login {registry}");
        }
    }

    /// <summary>Our logins at Docker Hub, and at every other registry that a text names.</summary>
    public async Task<IReadOnlyDictionary<string, Slipway.Api.RegistryAccount>> FindNamedAsync(string text, CancellationToken cancellationToken)
    {
        Dictionary<string, Slipway.Api.RegistryAccount> accounts = new(StringComparer.Ordinal);
        IEnumerable<string> keys = ((string[])["auths", "credHelpers"]).SelectMany(kind => (root[kind] as JsonObject)?.Select(static entry => entry.Key) ?? []);
        foreach (string registry in keys.Select(static key => key == DockerHubKey ? DockerHub : key.Replace("https://", "", StringComparison.Ordinal).TrimEnd('/')).Distinct())
        {
            if ((registry == DockerHub || text.Contains(registry, StringComparison.Ordinal)) && await FindAsync(registry, cancellationToken).ConfigureAwait(false) is { } login)
            {
                accounts[registry] = new(login.User, login.Password);
            }
        }

        return accounts;
    }

    /// <summary>Where a login is kept, for people.</summary>
    public string PlaceOf(string registry) => HelperOf(registry) is { } helper ? $"docker-credential-{helper}" : path;

    /// <summary>Keeps a login, with the helper where there is one; the file is for its owner alone.</summary>
    public async Task StoreAsync(string registry, string user, string password, CancellationToken cancellationToken)
    {
        JsonObject auths = root["auths"] as JsonObject ?? [];
        root["auths"] = auths;
        if (HelperOf(registry) is { } helper)
        {
            await CredentialHelper.StoreAsync(helper, KeyOf(registry), user, password, cancellationToken).ConfigureAwait(false);
            auths[KeyOf(registry)] = new JsonObject();
        }
        else
        {
            auths[KeyOf(registry)] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")) };
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

        if (root["auths"] is JsonObject auths && (auths.Remove(KeyOf(registry)) | auths.Remove("https://" + registry)))
        {
            Write();
        }

        return wasThere;
    }

    private static string KeyOf(string registry) => registry == DockerHub ? DockerHubKey : registry;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private string? HelperOf(string registry) =>
        Text(root["credHelpers"]?[KeyOf(registry)]) is { Length: > 0 } own ? own : Text(root["credsStore"]) is { Length: > 0 } all ? all : null;

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string made = $"{path}.{Guid.NewGuid():n}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (FileStream file = new(made, options))
        using (Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true }))
        {
            root.WriteTo(json);
        }

        File.Move(made, path, overwrite: true);
    }
}
