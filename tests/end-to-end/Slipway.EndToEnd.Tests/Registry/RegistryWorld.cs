using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>A server with a registry, and a client that speaks the distribution specification word by word.</summary>
public sealed class RegistryWorld : IAsyncLifetime
{
    internal const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string Index = "application/vnd.oci.image.index.v1+json";

    private SlipwayBinary? _slipway;

    internal SlipwayBinary Slipway => _slipway ?? throw new InvalidOperationException("the fixture is not initialised");

    /// <summary>Where the registry is; its routes begin with <c>/v2/</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>As clients name it in a reference.</summary>
    public string Host => $"127.0.0.1:{Address.Port}";

    internal HttpClient Http { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync();
        await ListenAsync();
    }

    /// <summary>Starts the server (again), maybe at another port.</summary>
    public async Task ListenAsync()
    {
        Address = await Slipway.ListenAsync();
        Http?.Dispose();
        Http = new HttpClient { BaseAddress = Address };
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_slipway is not null)
        {
            await _slipway.DisposeAsync();
        }
    }

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Sends a request; whatever is answered is an answer.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type ?? "application/octet-stream");
        }

        foreach ((string name, string value) in headers)
        {
            bool isContent = name.StartsWith("Content-", StringComparison.Ordinal);
            Assert.True(isContent ? request.Content!.Headers.TryAddWithoutValidation(name, value) : request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Http.SendAsync(request);
    }

    internal Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, null, headers);

    /// <summary>Pushes a blob in one piece, and answers its digest.</summary>
    internal async Task<string> PushBlobAsync(string repository, byte[] content)
    {
        string digest = DigestOf(content);
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={digest}", content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return digest;
    }

    /// <summary>Begins an upload and answers where it goes on.</summary>
    internal async Task<string> BeginAsync(string repository)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/", []);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    internal Task<HttpResponseMessage> PutManifestAsync(string repository, string reference, string json, string type = Manifest) =>
        SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", Bytes(json), type);

    /// <summary>Pushes an artifact that is about <paramref name="subject"/>, with its blobs, and answers its JSON.</summary>
    internal async Task<string> PushArtifactAsync(string repository, string reference, string content, string? artifactType = null, string? subject = null)
    {
        byte[] layer = Bytes(content), config = Bytes("{}");
        await PushBlobAsync(repository, layer);
        await PushBlobAsync(repository, config);
        string json = ArtifactJson(layer, config, artifactType, subject);
        using HttpResponseMessage answer = await PutManifestAsync(repository, reference, json);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return json;
    }

    internal static string ArtifactJson(byte[] layer, byte[] config, string? artifactType = null, string? subject = null) => $$"""
        { "schemaVersion": 2, "mediaType": "{{Manifest}}",{{(artifactType is null ? "" : $" \"artifactType\": \"{artifactType}\",")}}
          "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": "{{DigestOf(config)}}", "size": {{config.Length}} },
          "layers": [ { "mediaType": "text/plain", "digest": "{{DigestOf(layer)}}", "size": {{layer.Length}} } ],{{(subject is null ? "" : $" \"subject\": {subject},")}}
          "annotations": { "of": "the tests" } }
        """;

    /// <summary>The descriptor of a manifest.</summary>
    internal static string Descriptor(string json, string type = Manifest) =>
        $$"""{ "mediaType": "{{type}}", "digest": "{{DigestOf(Bytes(json))}}", "size": {{Bytes(json).Length}} }""";

    /// <summary>The code of an error answer, in the form of the specification.</summary>
    internal static async Task<string> CodeAsync(HttpResponseMessage answer)
    {
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement error = json.RootElement.GetProperty("errors")[0];
        Assert.NotEqual("", error.GetProperty("message").GetString());
        return error.GetProperty("code").GetString()!;
    }

    internal static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) || answer.Content.Headers.TryGetValues(name, out values) ? values.Single() : "";
}
