using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Daemon.S3;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Signing;
using Slipway.Daemon.Tests.Collection;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Tests.S3;

/// <summary>Requests that are signed and make little sense: the door answers each in S3's words, and never fails.</summary>
public sealed class S3DoorFuzzTests
{
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"];
    private static readonly string[] Parts = ["master.data", "other.data", "new.repo", "a", "b", "..", ".", "", "%2F", "%00", "%ff", "x y", "ü", "%F0%9F%92%A9", "s3", "a%2Fb", "*", "\u0001"];
    private static readonly string[] Names =
    [
        "uploads", "uploadId", "partNumber", "delete", "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "marker", "encoding-type",
        "acl", "policy", "tagging", "versioning", "location", "max-parts", "part-number-marker", "max-uploads", "key-marker", "response-content-type", "attributes", "versionId",
    ];

    private static readonly string[] Values = ["", "1", "0", "-1", "99999999999", "2", "/", "a", "a/", "%", "url", "none", "YS8=", "text/x", "\r\nx: y", "ü", "😀"];
    private static readonly string[] Headers =
    [
        "Range", "If-Match", "If-None-Match", "If-Modified-Since", "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-acl", "x-amz-meta-a", "Content-MD5",
        "x-amz-checksum-crc32", "x-amz-checksum-sha256", "x-amz-trailer", "Content-Encoding", "x-amz-metadata-directive",
    ];

    private static readonly string[] HeaderValues =
        ["", "*", "\"0\"", "bytes=0-0", "bytes=5-", "bytes=-1", "bytes=9-1", "bytes=a", "master.data/a", "/master.data/a", "nowhere/x", "%zz", "private", "AAAA", "x-amz-checksum-crc32", "aws-chunked", "REPLACE", "Sat, 21 Nov 2026 00:00:00 GMT"];

    private static readonly string[] Bodies =
    [
        "", "x", "<a/>", "<Delete><Object><Key>a</Key></Object></Delete>", "<Delete></Delete>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", "5\r\nabcde\r\n0\r\n\r\n", "5;chunk-signature=0\r\nabcde\r\n", "ffffffff\r\n", "0\r\n",
    ];

    private static readonly string[] Payloads = ["UNSIGNED-PAYLOAD", "", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", new('0', 64)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_asked_is_answered_in_S3s_words(int seed)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        RepoName repo = RepoName.Parse("data");
        await world.Repos.CreateAsync(repo, "", null, CancellationToken.None);
        await world.PutAsync(repo, BranchName.Parse("master"), ("/a", "content"u8.ToArray()), ("/b/c", "other"u8.ToArray()));
        AccessKeyStore keys = new(world.Rows, TimeProvider.System);
        AccessKey key = await keys.CreateAsync("fuzz", readOnly: false, null, CancellationToken.None);
        S3Door door = DoorOf(world, keys);
        Random random = new(seed);
        HashSet<int> met = [];
        for (int i = 0; i < 1500; i++)
        {
            DefaultHttpContext http = Request(random, key);
            string asked = $"seed {seed}, request {i}: {http.Request.Method} {http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}";
            await door.AnswerAsync(http);
            int status = http.Response.StatusCode;
            met.Add(status);
            Assert.True(status < 500 || status == 501, $"{asked}: {status} {Text(http)}");
            if (status >= 400 && http.Request.Method != "HEAD")
            {
                Assert.Equal("Error", XDocument.Parse(Text(http)).Root!.Name.LocalName);
            }
        }

        Assert.Superset(new HashSet<int> { 200, 204, 400, 404, 501 }, met);
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, CancellationToken.None)).Faults);
    }

    private static S3Door DoorOf(StoreWorld world, AccessKeyStore keys)
    {
        FolderMarkers markers = new(world.Rows);
        S3Buckets buckets = new(world.Repos, new BranchStore(world.Rows, world.Commits, TimeProvider.System), world.Commits);
        S3Objects objects = new(world.Commits, world.Contents, buckets, new ObjectMetadataStore(world.Rows, world.Projects), markers);
        MultipartVerbs multipart = new(new UploadStore(world.Rows, TimeProvider.System), objects, world.Contents, TimeProvider.System);
        return new S3Door(new SignatureCheck(keys, TimeProvider.System), buckets, new BucketListing(world.Contents, markers), objects, multipart);
    }

    private static DefaultHttpContext Request(Random random, AccessKey key)
    {
        string T(string[] from) => from[random.Next(from.Length)];
        string target = "/" + (random.Next(3) == 0 ? T(Parts) : "master.data") + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "/" + T(Parts)));
        string[] query = [.. Enumerable.Range(0, random.Next(4)).Select(_ => T(Names) + (random.Next(4) == 0 ? "" : "=" + Uri.EscapeDataString(T(Values))))];
        string full = target.Replace(' ', '+') + (query.Length > 0 ? "?" + string.Join('&', query) : "");
        DefaultHttpContext http = new();
        http.Request.Method = T(Methods);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = full;
        http.Request.Headers.Host = "127.0.0.1:9000";
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(T(Bodies)));
        http.Response.Body = new MemoryStream();
        for (int i = random.Next(4); i > 0; i--)
        {
            http.Request.Headers[T(Headers)] = T(HeaderValues);
        }

        Sign(http, key, T(Payloads));
        return http;
    }

    private static void Sign(DefaultHttpContext http, AccessKey key, string payload)
    {
        string date = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string scope = $"{date[..8]}/eu/s3/aws4_request";
        http.Request.Headers["x-amz-date"] = date;
        http.Request.Headers["x-amz-content-sha256"] = payload;
        string[] names = [.. http.Request.Headers.Keys.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        (string path, List<KeyValuePair<string, string>> query) = S3Request.Read(http);
        string canonical = SignatureV4.CanonicalRequest(
            http.Request.Method,
            path,
            query,
            [.. names.Select(name => new KeyValuePair<string, string>(name, http.Request.Headers[name].ToString()))],
            payload.Length > 0 ? payload : "UNSIGNED-PAYLOAD");
        string signature = SignatureV4.Sign(SignatureV4.SigningKey(key.Secret, scope), SignatureV4.StringToSign(date, scope, canonical));
        http.Request.Headers.Authorization = $"{SignatureV4.Algorithm} Credential={key.Id}/{scope}, SignedHeaders={string.Join(';', names)}, Signature={signature}";
    }

    private static string Text(DefaultHttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
}
