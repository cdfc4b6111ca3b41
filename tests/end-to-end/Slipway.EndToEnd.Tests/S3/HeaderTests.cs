using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace Slipway.EndToEnd.S3;

/// <summary>What is said of objects besides their bytes.</summary>
public sealed class HeaderTests(S3World world) : IClassFixture<S3World>
{
    private const int PartSize = 5 << 20;
    private const string Secret = "the-patient-is-called-Ada";

    [Fact]
    public async Task Headers_of_an_encrypted_project_are_kept_and_stand_nowhere_in_plain()
    {
        await world.Slipway.RunAsync("project", "create", "clinic", "--encrypt");
        await world.Slipway.RunAsync("repo", "create", "clinic/scans");
        using (AmazonS3Client s3 = world.Client())
        {
            await s3.PutBucketAsync("master.scans.clinic");
            await PutAsync(s3, "master.scans.clinic", "ada", Secret);
            Assert.Equal(Secret, await OwnerAsync(s3, "master.scans.clinic", "ada"));
        }

        await world.Slipway.RunAsync("daemon", "stop");
        Assert.False(IsInHome(Secret));
        await world.ListenAsync();
        using AmazonS3Client again = world.Client();
        Assert.Equal(Secret, await OwnerAsync(again, "master.scans.clinic", "ada"));
        await again.CopyObjectAsync("master.scans.clinic", "ada", "master.scans.clinic", "copy");
        Assert.Equal(Secret, await OwnerAsync(again, "master.scans.clinic", "copy"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("vault/", ".vault")]
    public async Task They_follow_a_renamed_repo_and_so_do_folders_and_uploads(string project, string suffix)
    {
        if (project.Length > 0)
        {
            await world.Slipway.RunAsync("project", "create", project.TrimEnd('/'), "--encrypt");
            await world.Slipway.RunAsync("repo", "create", $"{project}before");
        }

        string before = $"master.before{suffix}", after = $"master.after{suffix}";
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync(before);
        await PutAsync(s3, before, "a", "Ada");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = before, Key = "empty/" });
        string upload = (await s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = before, Key = "parts" })).UploadId;
        UploadPartResponse first = await SendAsync(s3, before, upload, 1);

        await world.Slipway.RunAsync("repo", "rename", $"{project}before", $"{project}after");
        await world.Slipway.RunAsync("gc");
        Assert.Equal("Ada", await OwnerAsync(s3, after, "a"));
        Assert.Equal(0, (await s3.GetObjectMetadataAsync(after, "empty/")).ContentLength);
        UploadPartResponse second = await SendAsync(s3, after, upload, 2);
        await s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = after,
            Key = "parts",
            UploadId = upload,
            PartETags = [new PartETag(1, first.ETag), new PartETag(2, second.ETag)],
        });
        Assert.Equal(2 * PartSize, (await s3.GetObjectMetadataAsync(after, "parts")).ContentLength);
    }

    [Fact]
    public async Task What_is_purged_takes_its_headers_along()
    {
        using AmazonS3Client s3 = world.Client();
        await s3.PutBucketAsync("master.purged");
        await PutAsync(s3, "master.purged", "kept", "Grace");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "master.purged", Key = "gone", ContentBody = "private", Headers = { ContentType = "text/of-ada" } });
        await world.Slipway.RunAsync("purge", "purged:/gone", "-m", "asked for", "--yes");
        await world.Slipway.RunAsync("daemon", "stop");
        Assert.False(IsInHome("text/of-ada"));
        Assert.True(IsInHome("Grace"));
        await world.ListenAsync();
    }

    private bool IsInHome(string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(world.Slipway.Home, "*", SearchOption.AllDirectories).Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(wanted) >= 0);
    }

    private static Task<UploadPartResponse> SendAsync(AmazonS3Client s3, string bucket, string upload, int number) => s3.UploadPartAsync(new UploadPartRequest
    {
        BucketName = bucket,
        Key = "parts",
        UploadId = upload,
        PartNumber = number,
        InputStream = new MemoryStream(new byte[PartSize]),
    });

    private static async Task PutAsync(AmazonS3Client s3, string bucket, string key, string owner)
    {
        PutObjectRequest put = new() { BucketName = bucket, Key = key, ContentBody = "1" };
        put.Metadata["owner"] = owner;
        await s3.PutObjectAsync(put);
    }

    private static async Task<string> OwnerAsync(AmazonS3Client s3, string bucket, string key) => (await s3.GetObjectMetadataAsync(bucket, key)).Metadata["owner"];
}
