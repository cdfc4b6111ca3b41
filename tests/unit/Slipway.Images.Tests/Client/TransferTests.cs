using System.Globalization;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Images.Client;

/// <summary>Blobs on connections that break, from registries that are busy, send us elsewhere or have something else: fake ones.</summary>
public sealed class TransferTests : IDisposable
{
    private const string Date = "Sat, 21 Nov 2026 12:00:20 GMT";
    private static readonly byte[] Blob = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];
    private static readonly Digest Name = Digest.Of(Blob);
    private readonly JumpingClock _clock = new();
    private readonly RegistryClient _client;

    public TransferTests() => _client = RegistryClient.Open(_clock);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_blob_that_is_cut_off_goes_on_from_where_it_was()
    {
        await using FakeRegistry fake = new(request => Part(request) with { Cut = 100_000 });
        Assert.Equal(Blob, await ReadAsync(fake));
        Assert.Equal([null, "bytes=100000-", "bytes=200000-"], fake.Asked.Select(request => request.Range));
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up_and_the_rest_is_asked_for()
    {
        int asked = 0;
        await using FakeRegistry fake = new(request => Interlocked.Increment(ref asked) == 1 ? new(200, Blob, Cut: 100_000, Silent: true) : Part(request));
        Task<byte[]> reading = ReadAsync(fake);
        while (fake.Asked.Count < 2 && !reading.IsCompleted)
        {
            _clock.EndBounds();
            await Task.Yield();
        }

        Assert.Equal(Blob, await reading);
    }

    [Fact]
    public async Task A_registry_without_ranges_sends_all_again()
    {
        int cut = 50_000;
        await using FakeRegistry fake = new(_ => new(200, Blob, Cut: Math.Min(Blob.Length, cut *= 2)));
        Assert.Equal(Blob, await ReadAsync(fake));
        Assert.Equal([null, "bytes=100000-", "bytes=200000-"], fake.Asked.Select(request => request.Range));
    }

    [Fact]
    public async Task A_part_that_begins_before_what_was_asked_for_is_passed_over()
    {
        await using FakeRegistry fake = new(request => request.Range is null ? new(200, Blob, Cut: 100_000) : Part(request, 64_000));
        Assert.Equal(Blob, await ReadAsync(fake));
    }

    [Fact]
    public async Task A_part_that_leaves_something_out_is_not_taken()
    {
        await using FakeRegistry fake = new(request => request.Range is null ? new(200, Blob, Cut: 100_000) : Part(request, 100_001));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake));
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("from byte 100001, not from byte 100000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_whose_bytes_change_in_the_middle_is_not_stored()
    {
        byte[] other = [.. Blob.Select(value => (byte)~value)];
        await using FakeRegistry fake = new(request => request.Range is null ? new(200, Blob, Cut: 100_000) : Part(request, content: other));
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        await using Stream content = RemoteContent.OpenBlob(Connect(fake), Name, Blob.Length, _ => { }, _clock);
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(async () => await store.Blobs.PutAsync(content, Name, CancellationToken.None));
        Assert.Equal(ErrorKind.Corrupt, failure.Kind);
        Assert.Null(await store.Blobs.FindAsync(Name, CancellationToken.None));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_blob_of_another_size_is_refused_at_once(int more)
    {
        await using FakeRegistry fake = new(_ => new(200, new byte[Blob.Length + more]));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake));
        Assert.Equal(ErrorKind.Corrupt, failure.Kind);
        Assert.Single(fake.Asked);
    }

    [Theory]
    [InlineData(206)]
    [InlineData(416)]
    public async Task A_blob_that_grows_shorter_in_the_middle_is_refused(int status)
    {
        await using FakeRegistry fake = new(request => request.Range is null ? new(200, Blob, Cut: 250_000)
            : FakeAnswer.Of(status, "", ("Content-Range", status == 416 ? "bytes */200000" : "bytes 250000-250000/250001")));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake));
        Assert.Equal(ErrorKind.Corrupt, failure.Kind);
    }

    [Fact]
    public async Task A_connection_that_always_breaks_is_given_up()
    {
        await using FakeRegistry fake = new(_ => new(200, Blob, Cut: 0));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(fake));
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Equal(6, fake.Asked.Count);
        Assert.Equal(5, _clock.Waits.Count);
    }

    [Theory]
    [InlineData(429, "3", 3)]
    [InlineData(503, "3", 3)]
    [InlineData(503, Date, 20)]
    [InlineData(429, "0", 0)]
    [InlineData(429, null, 1)]
    public async Task A_registry_that_is_busy_is_asked_again_when_it_says(int status, string? after, int seconds)
    {
        int asked = 0;
        await using FakeRegistry fake = new(request => Interlocked.Increment(ref asked) > 1 ? Part(request) : after is null ? FakeAnswer.Of(status) : FakeAnswer.Of(status, "", ("Retry-After", after)));
        await RemoteContent.RequireBlobAsync(Connect(fake), Name, CancellationToken.None);
        Assert.Equal(seconds, _clock.Waits.Sum(wait => wait.TotalSeconds));
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData(429, "3600", 1, "It asks us to come again in 3600 seconds.")]
    [InlineData(503, "3600", 1, "It asks us to come again in 3600 seconds.")]
    [InlineData(503, null, 1, null)]
    [InlineData(429, "3", 5, "It asks us to come again in 3 seconds.")]
    public async Task Nobody_waits_for_ever(int status, string? after, int asked, string? hint)
    {
        await using FakeRegistry fake = new(_ => after is null ? FakeAnswer.Of(status) : FakeAnswer.Of(status, "", ("Retry-After", after)));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => RemoteContent.RequireBlobAsync(Connect(fake), Name, CancellationToken.None));
        Assert.Equal((ErrorKind.Unavailable, hint), (failure.Kind, failure.Hint));
        Assert.Equal(asked, fake.Asked.Count);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_blob_on_another_server_is_fetched_there_without_our_proof(int status)
    {
        await using FakeRegistry there = new(request => Part(request) with { Cut = 200_000 });
        await using FakeRegistry fake = Asking(request => FakeAnswer.Of(status, "", ("Location", $"{there.Address}signed?by=it")));
        Assert.Equal(Blob, await ReadAsync(fake, new("me", "mine")));
        Assert.Equal([(null, null), (null, "bytes=200000-")], there.Asked.Select(request => (request.Authorization, request.Range)));
    }

    [Fact]
    public async Task A_blob_elsewhere_on_the_same_server_is_fetched_with_our_proof()
    {
        await using FakeRegistry fake = Asking(request => request.Target.StartsWith("/v2/", StringComparison.Ordinal) ? FakeAnswer.Of(307, "", ("Location", "/elsewhere")) : Part(request));
        Assert.Equal(Blob, await ReadAsync(fake, new("me", "mine")));
        Assert.Equal(FakeTokens.BasicOf("me", "mine"), Assert.Single(fake.AskedFor("/elsewhere")).Authorization);
    }

    [Fact]
    public async Task Another_server_that_asks_who_we_are_is_not_told()
    {
        FakeRegistry there = null!;
        await using FakeRegistry it = there = new(_ => FakeAnswer.Of(401, "", ("WWW-Authenticate", $"Bearer realm=\"{there.Address}token\"")));
        await using FakeRegistry fake = Asking(_ => FakeAnswer.Of(307, "", ("Location", $"{there.Address}signed")));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => RemoteContent.RequireBlobAsync(Connect(fake, new("me", "mine")), Name, CancellationToken.None));
        Assert.Contains(there.Address.Authority, failure.Message, StringComparison.Ordinal);
        Assert.All(there.Asked, request => Assert.Null(request.Authorization));
        Assert.Empty(there.AskedFor("/token"));
    }

    [Fact]
    public async Task Servers_that_send_us_in_a_circle_are_left()
    {
        await using FakeRegistry fake = new(_ => FakeAnswer.Of(307, "", ("Location", "/v2/app/again")));
        await Assert.ThrowsAsync<SlipwayException>(() => RemoteContent.RequireBlobAsync(Connect(fake), Name, CancellationToken.None));
        Assert.Equal(6, fake.Asked.Count);
    }

    [Theory]
    [InlineData(307, 201, "sent sent")]
    [InlineData(302, 302, "sent")]
    public async Task What_changes_something_is_sent_on_only_as_it_is(int status, int answered, string bodies)
    {
        await using FakeRegistry fake = new(request => request.Target == "/elsewhere" ? FakeAnswer.Of(201) : FakeAnswer.Of(status, "", ("Location", "/elsewhere")));
        RegistryConnection registry = Connect(fake);
        using HttpResponseMessage answer = await registry.SendAsync(() => new(HttpMethod.Put, registry.At("manifests/1")) { Content = new StringContent("sent") }, CancellationToken.None);
        Assert.Equal(answered, (int)answer.StatusCode);
        Assert.Equal(bodies, string.Join(' ', fake.Asked.Select(request => request.Body)));
    }

    /// <summary>A registry that wants a password.</summary>
    private static FakeRegistry Asking(Func<FakeRequest, FakeAnswer> answer) =>
        new(request => request.Authorization == FakeTokens.BasicOf("me", "mine") ? answer(request) : FakeAnswer.Of(401, "", ("WWW-Authenticate", "Basic realm=\"it\"")));

    /// <summary>What a registry answers that has ranges.</summary>
    private static FakeAnswer Part(FakeRequest request, int? from = null, byte[]? content = null)
    {
        content ??= Blob;
        if (request.Range is not { } range)
        {
            return new(200, content);
        }

        int start = from ?? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        return new FakeAnswer(206, content[start..]).With("Content-Range", $"bytes {start}-{content.Length - 1}/{content.Length}");
    }

    private async Task<byte[]> ReadAsync(FakeRegistry fake, RegistryCredential? credential = null)
    {
        await using Stream content = RemoteContent.OpenBlob(Connect(fake, credential), Name, Blob.Length, _ => { }, _clock);
        using MemoryStream read = new();
        await content.CopyToAsync(read);
        return read.ToArray();
    }

    private RegistryConnection Connect(FakeRegistry fake, RegistryCredential? credential = null) =>
        new(_client, fake.Address, RepositoryName.Of(ImageReference.Parse("here.example/app:1")), credential, push: false);
}
