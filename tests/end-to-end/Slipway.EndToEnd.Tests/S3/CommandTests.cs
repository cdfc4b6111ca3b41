using System.Security.Cryptography;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.S3;

/// <summary>The S3 gateway as Debian's own clients use it: rclone, s3cmd, boto3.</summary>
public sealed class CommandTests(S3World world) : IClassFixture<S3World>
{
    private const string Script = """
        import io, os, sys, boto3
        from boto3.s3.transfer import TransferConfig
        s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3], region_name='us-east-1')
        s3.create_bucket(Bucket='master.boto')
        data = os.urandom(12_000_000)
        parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
        s3.upload_fileobj(io.BytesIO(data), 'master.boto', 'd/big', ExtraArgs={'Metadata': {'who': 'me'}}, Config=parts)
        back = io.BytesIO()
        s3.download_fileobj('master.boto', 'd/big', back, Config=parts)
        assert back.getvalue() == data
        assert s3.head_object(Bucket='master.boto', Key='d/big')['Metadata'] == {'who': 'me'}
        assert [p['Prefix'] for p in s3.list_objects_v2(Bucket='master.boto', Delimiter='/')['CommonPrefixes']] == ['d/']
        assert s3.get_bucket_acl(Bucket='master.boto')['Grants'][0]['Permission'] == 'FULL_CONTROL'
        for n in range(30):
            s3.put_object(Bucket='master.boto', Key=f'many/{n}', Body=str(n))
        assert len([o for page in s3.get_paginator('list_objects_v2').paginate(Bucket='master.boto', PaginationConfig={'PageSize': 7}) for o in page['Contents']]) == 31
        def refused(code, call, **what):
            try:
                call(Bucket='master.boto', Key='k', **what)
            except s3.exceptions.ClientError as error:
                assert error.response['Error']['Code'] == code, error
            else:
                raise AssertionError(code)
        upload = s3.create_multipart_upload(Bucket='master.boto', Key='k')['UploadId']
        etags = [s3.upload_part(Bucket='master.boto', Key='k', UploadId=upload, PartNumber=n, Body=b'small')['ETag'] for n in (1, 2)]
        order = lambda *numbers: {'Parts': [{'PartNumber': n, 'ETag': etags[n - 1]} for n in numbers]}
        refused('InvalidPartOrder', s3.complete_multipart_upload, UploadId=upload, MultipartUpload=order(2, 1))
        refused('EntityTooSmall', s3.complete_multipart_upload, UploadId=upload, MultipartUpload=order(1, 2))
        refused('InvalidArgument', s3.upload_part, UploadId=upload, PartNumber=10001, Body=b'')
        refused('NoSuchUpload', s3.upload_part, UploadId='none', PartNumber=1, Body=b'')
        refused('InvalidArgument', s3.upload_part_copy, UploadId=upload, PartNumber=1, CopySource='master.boto/d/big', CopySourceRange='bytes=0-12000000')
        s3.complete_multipart_upload(Bucket='master.boto', Key='k', UploadId=upload, MultipartUpload=order(2))
        assert s3.get_object(Bucket='master.boto', Key='k')['Body'].read() == b'small'
        print('all of it')
        """;

    [Fact]
    public async Task Rclone_syncs_a_folder_there_and_back_and_the_second_time_sends_nothing()
    {
        string source = await FolderAsync("rclone");
        Dictionary<string, string> environment = new()
        {
            ["RCLONE_CONFIG"] = "/dev/null",
            ["AWS_CA_BUNDLE"] = "",
            ["RCLONE_S3_PROVIDER"] = "Other",
            ["RCLONE_S3_ENDPOINT"] = world.Endpoint.ToString(),
            ["RCLONE_S3_ACCESS_KEY_ID"] = world.KeyId,
            ["RCLONE_S3_SECRET_ACCESS_KEY"] = world.Secret,
            ["RCLONE_S3_UPLOAD_CUTOFF"] = "5M",
            ["RCLONE_S3_CHUNK_SIZE"] = "5M",
        };
        Task<CommandOutput> Rclone(params string[] arguments) => ChildProcess.RunAsync("rclone", arguments, environment);
        await OkAsync(Rclone("mkdir", ":s3:master.rclone"));
        await OkAsync(Rclone("sync", source, ":s3:master.rclone/tree"));
        CommandOutput again = await OkAsync(Rclone("sync", "-v", source, ":s3:master.rclone/tree"));
        Assert.DoesNotContain("Copied", again.Stderr, StringComparison.Ordinal);
        await OkAsync(Rclone("check", "--download", source, ":s3:master.rclone/tree"));
        string back = Path.Combine(world.Slipway.Folder, "rclone-back");
        await OkAsync(Rclone("copy", ":s3:master.rclone/tree", back));
        Assert.Equal(Contents(source), Contents(back));
        await OkAsync(Rclone("copyto", "--s3-copy-cutoff", "5M", ":s3:master.rclone/tree/big", ":s3:master.rclone/copy"));
        await OkAsync(Rclone("purge", ":s3:master.rclone"));
    }

    [Fact]
    public async Task S3cmd_puts_in_parts_syncs_gets_and_removes()
    {
        string source = await FolderAsync("s3cmd");
        string config = world.Slipway.Write(
            "s3cfg",
            $"[default]\naccess_key = {world.KeyId}\nsecret_key = {world.Secret}\nhost_base = {world.Endpoint.Authority}\nhost_bucket = {world.Endpoint.Authority}\nuse_https = False\n");
        Task<CommandOutput> S3cmd(params string[] arguments) => ChildProcess.RunAsync("s3cmd", ["-c", config, "--no-progress", .. arguments]);
        await OkAsync(S3cmd("mb", "s3://master.s3cmd"));
        await OkAsync(S3cmd("put", "--multipart-chunk-size-mb=5", Path.Combine(source, "big"), "s3://master.s3cmd/x/big"));
        await OkAsync(S3cmd("sync", source + "/", "s3://master.s3cmd/tree/"));
        Assert.DoesNotContain("upload:", (await OkAsync(S3cmd("sync", source + "/", "s3://master.s3cmd/tree/"))).Stdout, StringComparison.Ordinal);
        string back = Path.Combine(world.Slipway.Folder, "s3cmd-back");
        Directory.CreateDirectory(back);
        await OkAsync(S3cmd("get", "-r", "s3://master.s3cmd/tree/", back + "/"));
        Assert.Equal(Contents(source), Contents(back));
        Assert.Contains("x-amz-meta-s3cmd-attrs", (await OkAsync(S3cmd("info", "s3://master.s3cmd/x/big"))).Stdout, StringComparison.Ordinal);
        await OkAsync(S3cmd("info", "s3://master.s3cmd"));
        await OkAsync(S3cmd("del", "-r", "-f", "s3://master.s3cmd/"));
        await OkAsync(S3cmd("rb", "s3://master.s3cmd"));
    }

    [Fact]
    public async Task Boto3_uploads_downloads_and_lists()
    {
        CommandOutput said = await ChildProcess.RunAsync(
            "/usr/bin/python3", [world.Slipway.Write("boto.py", Script), world.Endpoint.ToString(), world.KeyId, world.Secret], new Dictionary<string, string> { ["AWS_CA_BUNDLE"] = "" });
        Assert.Equal("all of it\n", (await OkAsync(Task.FromResult(said))).Stdout);
    }

    private async Task<string> FolderAsync(string name)
    {
        string folder = Path.Combine(world.Slipway.Folder, name);
        Directory.CreateDirectory(Path.Combine(folder, "sub", "ü ñ"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "big"), RandomNumberGenerator.GetBytes(12_000_000));
        await File.WriteAllTextAsync(Path.Combine(folder, "sub", "a+b.txt"), "text");
        await File.WriteAllTextAsync(Path.Combine(folder, "sub", "ü ñ", "empty"), "");
        return folder;
    }

    private static string Contents(string folder) => string.Join('\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}").Order(StringComparer.Ordinal));

    private static async Task<CommandOutput> OkAsync(Task<CommandOutput> command)
    {
        CommandOutput output = await command;
        Assert.True(output.ExitCode == 0, output.ToString());
        return output;
    }
}
