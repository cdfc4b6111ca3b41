using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.S3;

/// <summary>The S3 gateway as Amazon's own library uses it.</summary>
public sealed class SdkTests(S3World world) : IClassFixture<S3World>
{
    private const int PartSize = 5 << 20;

    [Fact]
    public async Task What_is_put_is_got_with_its_headers_and_stands_in_a_commit()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.plain");
        PutObjectRequest put = new() { BucketName = "master.plain", Key = "a/ü b+c.csv", ContentBody = "x,y\n1,2\n", ContentType = "text/csv" };
        put.Metadata.Add("who", "ann");
        PutObjectResponse answer = await s3.PutObjectAsync(put);
        using GetObjectResponse got = await s3.GetObjectAsync("master.plain", "a/ü b+c.csv");
        using StreamReader reader = new(got.ResponseStream);
        Assert.Equal("x,y\n1,2\n", await reader.ReadToEndAsync());
        Assert.Equal(("text/csv", "ann", answer.ETag), (got.Headers.ContentType, got.Metadata["who"], got.ETag));
        Assert.Equal("x,y\n1,2\n", await world.Slipway.CatAsync("plain@master:/a/ü b+c.csv"));
        Assert.Single(await world.Slipway.CommitsAsync("plain"));

        using GetObjectResponse part = await s3.GetObjectAsync(new GetObjectRequest { BucketName = "master.plain", Key = "a/ü b+c.csv", ByteRange = new ByteRange(2, 3) });
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 2-3/8"), (part.HttpStatusCode, part.ContentRange));
        AmazonS3Exception beyond = await FailAsync(() => s3.GetObjectAsync(new GetObjectRequest { BucketName = "master.plain", Key = "a/ü b+c.csv", ByteRange = new ByteRange(8, 9) }));
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange"), (beyond.StatusCode, beyond.ErrorCode));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_file_goes_up_in_parts_in_either_style(bool virtualHosts)
    {
        using AmazonS3Client s3 = world.Client(virtualHosts);
        string bucket = virtualHosts ? "master.hosts" : "master.paths";
        await s3.PutBucketAsync(bucket);
        byte[] content = RandomNumberGenerator.GetBytes((3 * PartSize) + 12_345);
        using (TransferUtility transfer = new(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize }))
        {
            await transfer.UploadAsync(new TransferUtilityUploadRequest { BucketName = bucket, Key = "d/big", InputStream = new MemoryStream(content), PartSize = PartSize });
        }

        Assert.Equal(content, await ReadAsync(s3, bucket, "d/big"));
        Assert.Empty((await s3.ListMultipartUploadsAsync(bucket)).MultipartUploads ?? []);
        Assert.Single(await world.Slipway.CommitsAsync(bucket["master.".Length..]));
        Assert.Equal(0, (await world.Slipway.TryAsync("verify", "--all")).ExitCode);
    }

    [Fact]
    public async Task Parts_outlast_a_kill_and_a_collection_and_may_be_copies_of_ranges()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.parts");
        byte[] old = RandomNumberGenerator.GetBytes(2 * PartSize), first = RandomNumberGenerator.GetBytes(PartSize), wrong = RandomNumberGenerator.GetBytes(PartSize);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "master.parts", Key = "old", InputStream = new MemoryStream(old) });
        string id = (await s3.InitiateMultipartUploadAsync("master.parts", "new")).UploadId;
        List<PartETag> parts = [];
        foreach ((int number, byte[] part) in ((int, byte[])[])[(3, "end"u8.ToArray()), (1, wrong), (1, first)])
        {
            UploadPartResponse sent = await s3.UploadPartAsync(
                new UploadPartRequest { BucketName = "master.parts", Key = "new", UploadId = id, PartNumber = number, InputStream = new MemoryStream(part) });
            parts.RemoveAll(known => known.PartNumber == number);
            parts.Add(new PartETag(number, sent.ETag));
        }

        CopyPartResponse copied = await s3.CopyPartAsync(new CopyPartRequest
        {
            SourceBucket = "master.parts",
            SourceKey = "old",
            DestinationBucket = "master.parts",
            DestinationKey = "new",
            UploadId = id,
            PartNumber = 2,
            FirstByte = 100,
            LastByte = 100 + PartSize - 1,
        });
        parts.Add(new PartETag(2, copied.ETag));
        await world.Slipway.RunAsync("gc");
        await world.Slipway.KillServerAsync();
        await world.ListenAsync();

        using AmazonS3Client again = world.Client();
        Assert.Equal([1, 2, 3], (await again.ListPartsAsync("master.parts", "new", id)).Parts.Select(part => part.PartNumber!.Value));
        Assert.Equal("new", Assert.Single((await again.ListMultipartUploadsAsync("master.parts")).MultipartUploads).Key);
        CompleteMultipartUploadRequest complete = new() { BucketName = "master.parts", Key = "new", UploadId = id, PartETags = [.. parts.OrderBy(part => part.PartNumber)] };
        Assert.Equal("InvalidPart", (await FailAsync(() => again.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = "master.parts", Key = "new", UploadId = id, PartETags = [new PartETag(1, "\"0123\"")] }))).ErrorCode);
        byte[] whole = [.. first, .. old[100..(100 + PartSize)], .. "end"u8];
        complete.ChecksumType = ChecksumType.FULL_OBJECT;
        complete.ChecksumCRC32 = "AAAAAA==";
        Assert.Equal("BadDigest", (await FailAsync(() => again.CompleteMultipartUploadAsync(complete))).ErrorCode);
        Assert.Equal("NoSuchKey", (await FailAsync(() => again.GetObjectAsync("master.parts", "new"))).ErrorCode);
        complete.ChecksumCRC32 = Crc32(whole);
        await again.CompleteMultipartUploadAsync(complete);
        await world.Slipway.RunAsync("gc");
        Assert.Equal(whole, await ReadAsync(again, "master.parts", "new"));
        Assert.Equal("NoSuchUpload", (await FailAsync(() => again.CompleteMultipartUploadAsync(complete))).ErrorCode);

        string given = (await again.InitiateMultipartUploadAsync("master.parts", "given-up")).UploadId;
        await again.AbortMultipartUploadAsync("master.parts", "given-up", given);
        Assert.Equal("NoSuchUpload", (await FailAsync(() => again.ListPartsAsync("master.parts", "given-up", given))).ErrorCode);
        Assert.Equal(0, (await world.Slipway.TryAsync("verify", "--all")).ExitCode);
    }

    [Fact]
    public async Task A_repo_without_the_branch_says_how_to_make_it()
    {
        using AmazonS3Client s3 = world.Client();
        await world.Slipway.RunAsync("repo", "create", "branchless");
        PutObjectRequest put = new() { BucketName = "master.branchless", Key = "a", ContentBody = "1" };
        AmazonS3Exception refused = await FailAsync(() => s3.PutObjectAsync(put));
        Assert.Equal("NoSuchBucket", refused.ErrorCode);
        Assert.Contains("slipway branch create branchless@master", refused.Message, StringComparison.Ordinal);
        await world.Slipway.RunAsync("branch", "create", "branchless@master");
        await s3.PutObjectAsync(put);
    }

    [Fact]
    public async Task Listings_have_pages_prefixes_delimiters_and_the_markers_of_folders()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.lists");
        foreach (string key in (string[])["a.txt", "a/1", "a/2", "b-x-1", "b-x-2", "z"])
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "master.lists", Key = key, ContentBody = key });
        }

        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "master.lists", Key = "empty/folder/", ContentBody = "" });
        Assert.Equal("a.txt a/1 a/2 b-x-1 b-x-2 empty/folder/ z", await KeysAsync(s3, "", "", 1000));
        Assert.Equal("a.txt a/1 a/2 b-x-1 b-x-2 empty/folder/ z", await KeysAsync(s3, "", "", 2));
        Assert.Equal("a.txt b-x-1 b-x-2 z | a/ empty/", await KeysAsync(s3, "", "/", 1000));
        Assert.Equal("a.txt b-x-1 b-x-2 z | a/ empty/", await KeysAsync(s3, "", "/", 1));
        Assert.Equal("a.txt a/1 a/2 empty/folder/ z | b-x-", await KeysAsync(s3, "", "-x-", 2));
        Assert.Equal(" | empty/folder/", await KeysAsync(s3, "empty/", "/", 1000));
        Assert.Equal("empty/folder/", await KeysAsync(s3, "empty/folder/", "/", 1000));
        Assert.Equal(0, (await s3.GetObjectMetadataAsync("master.lists", "empty/folder/")).ContentLength);

        Assert.Equal("BucketNotEmpty", (await FailAsync(() => s3.DeleteBucketAsync("master.lists"))).ErrorCode);
        await s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = "master.lists", Objects = [.. "a.txt a/1 a/2 b-x-1 b-x-2 empty/folder/ z".Split(' ').Select(key => new KeyVersion { Key = key })] });
        Assert.Equal("", await KeysAsync(s3, "", "", 1000));
        await s3.DeleteBucketAsync("master.lists");
        Assert.Equal("NoSuchBucket", (await FailAsync(() => s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "master.lists" }))).ErrorCode);
    }

    [Fact]
    public async Task Conditions_hold_of_what_stands_there_when_the_commit_is_made()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.locks");
        Task<PutObjectResponse>[] racers = [.. Enumerable.Range(0, 8).Select(i => s3.PutObjectAsync(
            new PutObjectRequest { BucketName = "master.locks", Key = "lock", ContentBody = $"owner {i}", IfNoneMatch = "*" }))];
        await Task.WhenAll(racers.Select(racer => racer.ContinueWith(_ => true, TaskScheduler.Default)));
        PutObjectResponse won = await Assert.Single(racers, racer => racer.IsCompletedSuccessfully);
        Assert.All(racers.Where(racer => racer.IsFaulted), racer => Assert.Equal(HttpStatusCode.PreconditionFailed, ((AmazonS3Exception)racer.Exception!.InnerException!).StatusCode));
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "master.locks", Key = "lock", ContentBody = "next", IfMatch = won.ETag });
        Assert.Equal("PreconditionFailed", (await FailAsync(() => s3.PutObjectAsync(
            new PutObjectRequest { BucketName = "master.locks", Key = "lock", ContentBody = "late", IfMatch = won.ETag }))).ErrorCode);
        Assert.Equal("next", await world.Slipway.CatAsync("locks@master:/lock"));
    }

    [Fact]
    public async Task A_presigned_address_needs_no_key_until_it_expires_and_a_commit_never_changes()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.signed");
        using HttpClient anybody = new();
        Uri Address(HttpVerb verb, string bucket, DateTime until) => new(s3.GetPreSignedURL(
            new GetPreSignedUrlRequest { BucketName = bucket, Key = "f", Verb = verb, Expires = until, Protocol = Protocol.HTTP }));
        using (StringContent body = new("signed"))
        {
            body.Headers.ContentType = null;
            Assert.Equal(HttpStatusCode.OK, (await anybody.PutAsync(Address(HttpVerb.PUT, "master.signed", DateTime.UtcNow.AddMinutes(5)), body)).StatusCode);
        }

        Assert.Equal("signed", await anybody.GetStringAsync(Address(HttpVerb.GET, "master.signed", DateTime.UtcNow.AddMinutes(5))));
        HttpResponseMessage late = await anybody.GetAsync(Address(HttpVerb.GET, "master.signed", DateTime.UtcNow.AddMinutes(-1)));
        Assert.NotEqual(HttpStatusCode.OK, late.StatusCode);
        Assert.Contains("<Code>", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        CommitInfo commit = Assert.Single(await world.Slipway.CommitsAsync("signed"));
        Assert.Equal("signed", System.Text.Encoding.UTF8.GetString(await ReadAsync(s3, $"{commit.GlobalId}.signed", "f")));
        Assert.Equal("AccessDenied", (await FailAsync(() => s3.PutObjectAsync(
            new PutObjectRequest { BucketName = $"{commit.GlobalId}.signed", Key = "f", ContentBody = "x" }))).ErrorCode);
        using AmazonS3Client stranger = new(world.KeyId, "wrong" + world.Secret, new AmazonS3Config { ServiceURL = world.Endpoint.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 });
        Assert.Equal("SignatureDoesNotMatch", (await FailAsync(() => stranger.ListBucketsAsync())).ErrorCode);
    }

    [Fact]
    public async Task A_copy_moves_no_bytes_and_keeps_or_replaces_the_headers()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.copies");
        PutObjectRequest put = new() { BucketName = "master.copies", Key = "from", ContentBody = "bytes" };
        put.Metadata.Add("mtime", "1");
        await s3.PutObjectAsync(put);
        await s3.CopyObjectAsync("master.copies", "from", "master.copies", "to");
        Assert.Equal("1", (await s3.GetObjectMetadataAsync("master.copies", "to")).Metadata["mtime"]);
        int before = (await world.Slipway.CommitsAsync("copies")).Count;
        CopyObjectRequest touch = new() { SourceBucket = "master.copies", SourceKey = "to", DestinationBucket = "master.copies", DestinationKey = "to", MetadataDirective = S3MetadataDirective.REPLACE };
        touch.Metadata.Add("mtime", "2");
        await s3.CopyObjectAsync(touch);
        Assert.Equal("2", (await s3.GetObjectMetadataAsync("master.copies", "to")).Metadata["mtime"]);
        Assert.Equal("1", (await s3.GetObjectMetadataAsync("master.copies", "from")).Metadata["mtime"]);
        Assert.Equal(before, (await world.Slipway.CommitsAsync("copies")).Count);
    }

    private static async Task<byte[]> ReadAsync(AmazonS3Client s3, string bucket, string key)
    {
        using GetObjectResponse got = await s3.GetObjectAsync(bucket, key);
        using MemoryStream bytes = new();
        await got.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>All keys, and behind a bar all common prefixes, of all pages.</summary>
    private static async Task<string> KeysAsync(AmazonS3Client s3, string prefix, string delimiter, int page)
    {
        List<string> keys = [], prefixes = [];
        ListObjectsV2Request request = new() { BucketName = "master.lists", Prefix = prefix, Delimiter = delimiter, MaxKeys = page };
        ListObjectsV2Response answer;
        do
        {
            answer = await s3.ListObjectsV2Async(request);
            keys.AddRange((answer.S3Objects ?? []).Select(found => found.Key));
            prefixes.AddRange(answer.CommonPrefixes ?? []);
            request.ContinuationToken = answer.NextContinuationToken;
        }
        while (answer.IsTruncated == true);
        return string.Join(' ', keys) + (prefixes.Count > 0 ? " | " + string.Join(' ', prefixes) : "");
    }

    /// <summary>The CRC-32 of some bytes, as S3 writes it.</summary>
    private static string Crc32(byte[] bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte b in bytes)
        {
            state ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ (0xEDB88320 & (0 - (state & 1)));
            }
        }

        byte[] sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, ~state);
        return Convert.ToBase64String(sum);
    }

    private static async Task<AmazonS3Exception> FailAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<AmazonS3Exception>(call);
}
