using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Slipway.Content.Blobs;
using Slipway.Daemon.S3;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.Tests.Collection;

namespace Slipway.Daemon.Tests.S3.Multipart;

public sealed class WholeChecksumTests
{
    /// <summary>"123456789" in parts of 4, 0 and 5 bytes.</summary>
    private static readonly byte[] Content = "123456789"u8.ToArray();
    private static readonly long[] Lengths = [4, 0, 5];

    [Fact]
    public async Task What_is_right_passes()
    {
        await CheckAsync();
        await CheckAsync(("x-amz-checksum-crc32", Base64("CBF43926")), ("x-amz-checksum-type", "FULL_OBJECT"), ("x-amz-mp-object-size", "9"));
        await CheckAsync(("X-Amz-Checksum-CRC64NVME", Base64("AE8B14860A799888")), ("x-amz-checksum-crc32c", Base64("E3069283")));
        await CheckAsync(("x-amz-checksum-sha256", $"{OfSums()}-3"));
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "AAAAAA==-3", "BadDigest")]
    [InlineData("x-amz-checksum-sha1", "", "BadDigest")]
    [InlineData("x-amz-mp-object-size", "8", "InvalidRequest")]
    public async Task What_is_wrong_is_refused(string header, string value, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<S3Exception>(() => CheckAsync((header, value)))).Code);

    [Fact]
    public async Task A_checksum_of_sums_is_of_just_so_many_parts() =>
        Assert.Equal("BadDigest", (await Assert.ThrowsAsync<S3Exception>(() => CheckAsync(("x-amz-checksum-sha256", $"{OfSums()}-2")))).Code);

    private static string Base64(string hex) => Convert.ToBase64String(Convert.FromHexString(hex));

    private static string OfSums() => Convert.ToBase64String(
        SHA256.HashData([.. SHA256.HashData(Content[..4]), .. SHA256.HashData([]), .. SHA256.HashData(Content[4..])]));

    private static async Task CheckAsync(params (string Name, string Value)[] headers)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        BlobInfo blob = await world.Blobs.PutAsync(Content, CancellationToken.None);
        HeaderDictionary all = new(headers.ToDictionary(header => header.Name, header => new Microsoft.Extensions.Primitives.StringValues(header.Value), StringComparer.OrdinalIgnoreCase));
        await WholeChecksum.CheckAsync(all, world.Blobs, blob, Lengths, CancellationToken.None);
    }
}
