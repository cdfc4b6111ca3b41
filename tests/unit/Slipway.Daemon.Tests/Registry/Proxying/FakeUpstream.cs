using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Daemon.Tests.Registry.Proxying;

/// <summary>A registry of one repository in memory, that counts what it is asked for and can be made to fail.</summary>
internal sealed class FakeUpstream : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, byte[]> _content = [];

    /// <summary>How often each path was asked for, by method.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = [];

    /// <summary>Whether it answers nothing but that it cannot.</summary>
    public bool IsDown { get; set; }

    /// <summary>What a blob's bytes are made of before they are sent.</summary>
    public Func<byte[], byte[]> Damage { get; set; } = content => content;

    /// <summary>Nobody gets a blob's bytes before this is done.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Adds a manifest with a config and one layer under a tag, and answers its digest.</summary>
    public Digest Put(string tag, byte[] layer)
    {
        byte[] config = "{}"u8.ToArray();
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Digest.Of(config)}}","size":2},
            "layers":[{"mediaType":"text/plain","digest":"{{Digest.Of(layer)}}","size":{{layer.Length}}}]}
            """);
        foreach (byte[] blob in (byte[][])[config, layer])
        {
            _content[$"/v2/app/blobs/{Digest.Of(blob)}"] = blob;
        }

        _content[$"/v2/app/manifests/{tag}"] = _content[$"/v2/app/manifests/{Digest.Of(manifest)}"] = manifest;
        return Digest.Of(manifest);
    }

    /// <summary>Forgets a blob: manifests go on naming it.</summary>
    public void Lose(byte[] blob) => _content.TryRemove($"/v2/app/blobs/{Digest.Of(blob)}", out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        Asked.AddOrUpdate($"{request.Method} {path}", 1, (_, count) => count + 1);
        if (IsDown)
        {
            throw new HttpRequestException("nobody listens");
        }

        if (!_content.TryGetValue(path, out byte[]? content))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request, Content = new ByteArrayContent([]) };
        }

        bool isManifest = path.Contains("/manifests/", StringComparison.Ordinal), isHead = request.Method == HttpMethod.Head;
        if (!isManifest && !isHead)
        {
            await Gate.WaitAsync(cancellationToken);
        }

        HttpResponseMessage answer = new(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(isHead ? [] : isManifest ? content : Damage(content)) };
        answer.Content.Headers.ContentLength = isHead ? content.Length : answer.Content.Headers.ContentLength;
        answer.Content.Headers.ContentType = new(isManifest ? MediaTypes.OciManifest : "application/octet-stream");
        answer.Headers.Add("Docker-Content-Digest", Digest.Of(content).ToString());
        return answer;
    }
}
