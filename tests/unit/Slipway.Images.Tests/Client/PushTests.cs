using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Compression;
using Slipway.Images.Layers;
using Slipway.Images.Referrers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>What a registry is asked when an image is pushed to it, and how a push goes on where an upload breaks: a fake one, which keeps what it gets.</summary>
public sealed class PushTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private static readonly ImageReference Reference = ImageReference.Parse("here.example/app:1");
    private readonly JumpingClock _clock = new();
    private readonly RegistryClient _client;
    private readonly ConcurrentDictionary<string, byte[]> _uploads = [];
    private readonly ConcurrentDictionary<string, byte[]> _there = [];

    public PushTests() => _client = RegistryClient.Open(_clock);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_layer_whose_digest_nobody_knows_is_sent_while_it_is_compressed()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = await ImportAsync(store, Reference, 3_000_000);
        await using FakeRegistry fake = new(Answer);
        PushedImage pushed = await PushAsync(store, fake, Reference);
        CompressedLayer layer = (await CompressorOf(store).FindAsync(plain, LayerCompression.Gzip, CancellationToken.None))!;
        Assert.Equal(["POST /uploads", "PATCH /uploads", "PUT /uploads"], OfUpload(fake, layer.Compressed));
        Assert.Equal(layer.Size, _there[layer.Compressed.ToString()].Length);
        Assert.True(pushed.Bytes > layer.Size);

        // Now it is known, and asked for.
        int asked = fake.Asked.Count;
        Assert.Equal(0, (await PushAsync(store, fake, Reference)).Bytes);
        Assert.Contains(fake.Asked.Skip(asked), request => request.Method == "HEAD" && request.Target.EndsWith(layer.Compressed.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(fake.Asked.Skip(asked), request => request.Method is "POST" or "PATCH");
    }

    public static TheoryData<string, int?, string?> Faults => new()
    {
        { "the connection breaks", null, null },
        { "who we are is asked again", 401, null },
        { "only a body of known length is taken", 411, null },
        { "the registry is busy", 503, "1" },
        { "the proxy before it fails", 502, null },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_layer_that_does_not_arrive_on_the_way_is_sent_from_the_store(string fault, int? status, string? after)
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = await ImportAsync(store, Reference, 3_000_000);
        int tried = 0;
        bool IsFirst(FakeRequest request) => request.Method == "PATCH" && Interlocked.Increment(ref tried) == 1;
        FakeAnswer Refusal() => status == 401 ? FakeAnswer.Of(401, "", ("WWW-Authenticate", "Basic realm=\"it\"")) : after is null ? FakeAnswer.Of(status!.Value) : FakeAnswer.Of(status!.Value, "", ("Retry-After", after));
        await using FakeRegistry fake = status is null ? new(Answer, IsFirst) : new(request => IsFirst(request) ? Refusal() : Answer(request));
        await PushAsync(store, fake, Reference);
        CompressedLayer layer = (await CompressorOf(store).FindAsync(plain, LayerCompression.Gzip, CancellationToken.None))!;
        FakeRequest[] patches = [.. fake.Asked.Where(request => request.Method == "PATCH")];
        Assert.True(patches.Length >= 2, fault);
        Assert.Equal($"{layer.Size}", patches[^1].Headers["Content-Length"]);
        Assert.True(_there.ContainsKey(layer.Compressed.ToString()));
    }

    [Theory]
    [InlineData(false, 204)]
    [InlineData(true, 204)]
    [InlineData(true, 401)]
    [InlineData(true, 405)]
    public async Task Compressing_does_not_wait_for_a_slow_way_and_a_registry_that_has_the_layer_gets_no_more_of_it(bool isThere, int statusOfCancelling)
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = await ImportAsync(store, Reference, 24 << 20);
        CompressedLayer layer = await CompressorOf(store).CompressAsync(plain, LayerCompression.Gzip, null, null, CancellationToken.None);
        if (isThere)
        {
            _there[layer.Compressed.ToString()] = [];
        }

        // So slow that it takes no byte before all is compressed; where compressing waits for it, both are given up.
        TaskCompletionSource compressed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeRegistry fake = new(async request =>
        {
            if (request.Method == "POST")
            {
                await compressed.Task.WaitAsync(Bound);
            }

            return request.Method == "DELETE" ? FakeAnswer.Of(statusOfCancelling) : Answer(request);
        });
        Watch progress = new(step => _ = step.What.StartsWith("compressing", StringComparison.Ordinal) && step.Done == step.Total && compressed.TrySetResult());
        PushedImage pushed = await PushAsync(store, fake, Reference, LayerCompression.Gzip, progress);

        FakeRequest[] patches = [.. fake.Asked.Where(request => request.Method == "PATCH")];
        Assert.InRange(patches[0].Body.Length, 8 << 20, 12 << 20);
        if (isThere)
        {
            Assert.Single(patches);
            Assert.Contains(fake.Asked, request => request.Method == "DELETE");
            Assert.True(pushed.Bytes < 100_000);
        }
        else
        {
            Assert.Equal($"{patches[0].Body.Length}-{layer.Size - 1}", patches[1].Headers["Content-Range"]);
            Assert.Equal(layer.Size, _there[layer.Compressed.ToString()].Length);
            Assert.DoesNotContain(fake.Asked, request => request.Method == "DELETE");
        }
    }

    [Fact]
    public async Task An_upload_that_breaks_on_the_way_goes_on_where_the_registry_has_it()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = await ImportAsync(store, Reference, 3_000_000);
        CompressedLayer layer = await CompressorOf(store).CompressAsync(plain, LayerCompression.Gzip, null, null, CancellationToken.None);
        ReadOnlyMemory<byte> begin = (await store.Blobs.ReadAllAsync(layer.Compressed, CancellationToken.None)).AsMemory(0, 1000);
        int tried = 0;
        await using FakeRegistry fake = new(
            request =>
            {
                if (request.Method != "GET" || !_uploads.ContainsKey(request.Target))
                {
                    return Answer(request);
                }

                _uploads[request.Target] = begin.ToArray();
                return FakeAnswer.Of(204, "", ("Location", request.Target), ("Range", "0-999"));
            },
            request => request.Method == "PATCH" && Interlocked.Increment(ref tried) == 1);
        PushedImage pushed = await PushAsync(store, fake, Reference);
        Assert.Equal($"1000-{layer.Size - 1}", fake.Asked.Last(request => request.Method == "PATCH").Headers["Content-Range"]);
        Assert.Equal(layer.Size, _there[layer.Compressed.ToString()].Length);
        Assert.InRange(pushed.Bytes, layer.Size, layer.Size + 100_000);
    }

    [Fact]
    public async Task A_layer_that_the_store_has_lost_is_told_as_that()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = await ImportAsync(store, Reference, 3_000_000);
        await store.Blobs.DeleteAsync([plain], CancellationToken.None);
        await using FakeRegistry fake = new(Answer);
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => PushAsync(store, fake, Reference));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Contains(plain.Hex, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_there.Keys, key => key.StartsWith("manifest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_small_goes_with_the_end_of_its_upload()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        await ImportAsync(store, Reference, 100);
        await using FakeRegistry fake = new(Answer);
        await PushAsync(store, fake, Reference, LayerCompression.None);
        Assert.DoesNotContain(fake.Asked, request => request.Method == "PATCH");
        Assert.Equal(3, _there.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(500)]
    public async Task What_is_small_is_sent_again_where_its_upload_breaks(int? status)
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        await ImportAsync(store, Reference, 100);
        int tried = 0;
        bool IsFirst(FakeRequest request) => request.Method == "PUT" && request.Target.Contains("/uploads/", StringComparison.Ordinal) && Interlocked.Increment(ref tried) == 1;
        await using FakeRegistry fake = status is null ? new(Answer, IsFirst) : new(request => IsFirst(request) ? FakeAnswer.Of(status.Value) : Answer(request));
        await PushAsync(store, fake, Reference, LayerCompression.None);
        Assert.Equal(3, _there.Count);
        Assert.Equal(3, fake.Asked.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task Nothing_is_named_before_everything_is_there()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        await ImportAsync(store, Reference, 3_000_000);
        await using FakeRegistry fake = new(request => request.Method == "PUT" && request.Target.Contains("/uploads/", StringComparison.Ordinal) ? FakeAnswer.Of(400) : Answer(request));
        await Assert.ThrowsAsync<SlipwayException>(() => PushAsync(store, fake, Reference));
        Assert.DoesNotContain(fake.Asked, request => request.Target.Contains("/manifests/", StringComparison.Ordinal));
    }

    private LayerCompressor CompressorOf(TemporaryStore store) => new(store.Metadata, store.Blobs, _clock);

    /// <summary>What was asked of the upload that ended as a blob, and about that blob.</summary>
    private static List<string> OfUpload(FakeRegistry fake, Digest blob)
    {
        FakeRequest end = fake.Asked.Single(request => request.Method == "PUT" && request.Target.Contains(blob.Hex, StringComparison.Ordinal));
        string upload = end.Target[..end.Target.IndexOf('?', StringComparison.Ordinal)];
        return
        [
            "POST /uploads",
            .. fake.Asked.Where(request => request.Target.StartsWith(upload, StringComparison.Ordinal)).Select(request => $"{request.Method} /uploads"),
            .. fake.Asked.Where(request => request.Target.EndsWith("/blobs/" + blob, StringComparison.Ordinal)).Select(request => $"{request.Method} blob"),
        ];
    }

    private Task<PushedImage> PushAsync(TemporaryStore store, FakeRegistry fake, ImageReference reference, LayerCompression? compression = null, IProgress<TransferStep>? progress = null)
    {
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        ImagePusher pusher = new(
            repositories, new(store.Blobs, TimeProvider.System), CompressorOf(store), new ReferrerPlanner(repositories, store.Blobs, TimeProvider.System), store.Blobs, _clock);
        return pusher.PushAsync(new(_client, fake.Address, RepositoryName.Of(reference), new RegistryCredential("me", "mine"), push: true), reference, referrers: true, compression, progress, CancellationToken.None);
    }

    /// <summary>A registry: uploads, blobs and manifests.</summary>
    private FakeAnswer Answer(FakeRequest request)
    {
        byte[] body = Encoding.Latin1.GetBytes(request.Body);
        string path = request.Target.Split('?')[0];
        switch (request.Method)
        {
            case "HEAD":
                return FakeAnswer.Of(_there.ContainsKey(path.Split('/')[^1]) ? 200 : 404);
            case "POST":
                string location = $"{path}{_uploads.Count + 1}-{Guid.NewGuid():N}";
                _uploads[location] = [];
                return FakeAnswer.Of(202, "", ("Location", location));
            case "PATCH":
                _uploads[path] = [.. _uploads[path], .. body];
                return FakeAnswer.Of(202, "", ("Location", path));
            case "PUT" when path.Contains("/manifests/", StringComparison.Ordinal):
                _there["manifest " + path.Split('/')[^1]] = body;
                return FakeAnswer.Of(201);
            case "PUT":
                byte[] whole = [.. _uploads[path], .. body];
                string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(whole));
                bool isIt = request.Fields("digest").Single() == digest;
                _there.TryAdd(digest, whole);
                return FakeAnswer.Of(isIt ? 201 : 400);
            default:
                return FakeAnswer.Of(404);
        }
    }

    /// <summary>An image of one layer with a file of so many bytes, which hardly become smaller.</summary>
    /// <returns>The plain layer.</returns>
    private static async Task<Digest> ImportAsync(TemporaryStore store, ImageReference reference, int bytes)
    {
        byte[] content = new byte[bytes];
        new Random(1).NextBytes(content);
        MemoryStream tar = new();
        LayerWriter writer = new(tar);
        writer.Write(new LayerEntry("f", LayerEntryKind.File) { Content = new MemoryStream(content), Size = bytes });
        writer.Finish();
        tar.Position = 0;
        Image image = await store.Images.ImportAsync(tar, reference, new(), CancellationToken.None);
        JsonNode manifest = JsonNode.Parse(await store.Blobs.ReadAllAsync(image.Digest, CancellationToken.None))!;
        return Digest.Parse(manifest["layers"]![0]!["digest"]!.GetValue<string>());
    }

    private sealed class Watch(Action<TransferStep> see) : IProgress<TransferStep>
    {
        public void Report(TransferStep value) => see(value);
    }
}
