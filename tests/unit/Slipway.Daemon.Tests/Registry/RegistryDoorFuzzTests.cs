using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Daemon.Registry.Uploads;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.Tests.Collection;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Tests.Registry;

/// <summary>Requests of every route that make little sense: the door answers each in the words of the specification, and never fails.</summary>
public sealed class RegistryDoorFuzzTests
{
    private const string Manifest = """{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}""";
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "PUT", "POST", "POST", "DELETE", "PATCH", "OPTIONS"];
    private static readonly string[] Names = ["a", "a", "a", "team/app", "blobs/uploads", "tags/list", "A", "a//b", "..", "ü", "a_b.c/d", "ghcr.io/x", "manifests", new('a', 300)];
    private static readonly string[] Values =
    [
        "", "1", "0", "-1", "99999999999", "latest", "a/b", "../x", "sha256:", "sha256:00", "sha512:00", Digest.Of("{}").ToString(), Digest.Of("x").ToString(), Digest.Of(Manifest).ToString(), "a", "team/app", "ü", "\u001f",
    ];

    private static readonly string[] Bodies = ["", "x", "{}", "[]", "null", "{\"schemaVersion\":2}", "{\"schemaVersion\":2.5}", "{\"schemaVersion\":2,\"config\":[],\"layers\":{}}", "{\"schemaVersion\":2,\"manifests\":[{}]}", "{\"schemaVersion\":2,\"manifests\":[]}", Manifest];
    private static readonly string[] Types = ["", "text/plain", MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, "application/vnd.docker.distribution.manifest.v1+json", ";;"];
    private static readonly string[] Ranges = ["bytes=0-0", "bytes=5-", "bytes=-1", "bytes=-0", "bytes=9-1", "0-0", "1-1", "0-", "-", "a-b", "99999999999999999999-1", "bytes 0-1/2"];
    private static readonly string[] Authorizations = ["Basic", "Basic !", "Basic YTpi", "Bearer x", "Basic " + new string('A', 4000)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_asked_is_answered_in_the_specifications_words(int seed)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RegistryDoor door = DoorOf(world);
        RepositoryStore repositories = new(world.Rows, world.Blobs, TimeProvider.System);
        Assert.True(RepositoryName.TryParse("a", out RepositoryName? repository));
        foreach (string content in (string[])["{}", "x"])
        {
            await repositories.AddBlobAsync(repository, await world.Blobs.PutAsync(Encoding.UTF8.GetBytes(content), CancellationToken.None), CancellationToken.None);
        }

        await repositories.PutManifestAsync(repository, Encoding.UTF8.GetBytes(Manifest), MediaTypes.OciManifest, "latest", whole: true, CancellationToken.None);
        Random random = new(seed);
        HashSet<int> met = [];
        List<string> uploads = ["0", new('0', 32)];
        for (int i = 0; i < 4000; i++)
        {
            DefaultHttpContext http = Request(random, uploads);
            string asked = $"seed {seed}, request {i}: {http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
            await door.AnswerAsync(http);
            int status = http.Response.StatusCode;
            met.Add(status);
            Assert.True(status < 500, $"{asked}: {status} {Text(http)}");
            if (status >= 400 && http.Request.Method != "HEAD")
            {
                using JsonDocument error = JsonDocument.Parse(Text(http));
                Assert.NotEqual("", error.RootElement.GetProperty("errors")[0].GetProperty("code").GetString());
            }

            if (http.Response.Headers["Docker-Upload-UUID"].ToString() is { Length: > 0 } id)
            {
                uploads.Add(id);
            }
        }

        Assert.Equal([], new HashSet<int> { 200, 201, 202, 204, 400, 401, 404, 405 }.Except(met));
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, CancellationToken.None)).Faults);
    }

    internal static RegistryDoor DoorOf(StoreWorld world) => DoorOf(world, AnonymousAccess.Local, TimeProvider.System);

    internal static RegistryDoor DoorOf(StoreWorld world, AnonymousAccess anonymous, TimeProvider time, PullThrough? upstreams = null)
    {
        IBlobStore blobs = world.Blobs;
        RepositoryStore repositories = new(world.Rows, blobs, time);
        UploadVerbs uploads = new(repositories, new BlobUploadStore(world.Rows, time), blobs);
        ManifestVerbs manifests = new(repositories, blobs, (_, _) => ValueTask.FromResult(false), () => { }, upstreams);
        TokenIssuer tokens = new(time);
        RegistryGate gate = new(new AccessKeyStore(world.Rows, time), tokens, anonymous);
        return new RegistryDoor(gate, new TokenVerbs(gate, tokens), manifests, new BlobVerbs(repositories, blobs, upstreams), uploads, new ListVerbs(repositories, upstreams?.Lists));
    }

    private static DefaultHttpContext Request(Random random, List<string> uploads)
    {
        string T(string[] from) => from[random.Next(from.Length)];
        string upload = uploads[random.Next(uploads.Count)];
        string path = "/" + random.Next(13) switch
        {
            0 => "",
            1 => "_catalog",
            2 => $"{T(Names)}/tags/list",
            3 or 4 or 5 => $"{T(Names)}/manifests/{T(Values)}",
            6 => $"{T(Names)}/referrers/{T(Values)}",
            7 => $"{T(Names)}/blobs/{T(Values)}",
            8 => $"{T(Names)}/blobs/uploads/",
            11 => "token",
            9 or 10 => $"a/blobs/uploads/{upload}",
            _ => T(Names),
        };
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = T(Methods);
        http.Request.Path = "/v2" + path;
        http.Request.Host = new HostString("localhost", 5000);
        http.Request.ContentType = T(Types);
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(T(Bodies)));
        http.Response.Body = new MemoryStream();
        string[] query = [.. Enumerable.Range(0, random.Next(3)).Select(_ => T(["n", "last", "digest", "digest", "mount", "from", "artifactType", "scope"]) + "=" + Uri.EscapeDataString(T(Values)))];
        http.Request.QueryString = new QueryString(query.Length == 0 ? "" : "?" + string.Join('&', query));
        if (random.Next(2) == 0 && path.Contains("uploads", StringComparison.Ordinal))
        {
            http.Request.Headers.ContentRange = T(["0-0", "0-1", "1-1", "2-1", .. Ranges]);
        }
        else if (random.Next(3) == 0)
        {
            http.Request.Headers[T(["Range", "Content-Range", "If-None-Match"])] = T(Ranges);
        }

        if (random.Next(12) == 0)
        {
            http.Request.Headers.Authorization = T(Authorizations);
        }

        return http;
    }

    private static string Text(DefaultHttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
}
