using Slipway.Daemon.S3.Payloads;

namespace Slipway.Daemon.Tests.S3.Payloads;

public sealed class ChecksumTests
{
    /// <summary>The check values of the catalogue of parametrised CRC algorithms, over "123456789".</summary>
    [Theory]
    [InlineData("x-amz-checksum-crc32", "CBF43926")]
    [InlineData("x-amz-checksum-crc32c", "E3069283")]
    [InlineData("x-amz-checksum-crc64nvme", "AE8B14860A799888")]
    public void A_checksum_has_its_published_check_value(string header, string expected)
    {
        using Checksum sum = Checksum.Find(header)!;
        sum.Add("1234"u8);
        sum.Add("56789"u8);

        Assert.Equal(expected, Convert.ToHexString(Convert.FromBase64String(sum.Finish())));
    }

    /// <summary>Eight bytes at a time say what one at a time says, wherever the cuts are.</summary>
    [Theory]
    [InlineData("x-amz-checksum-crc32")]
    [InlineData("x-amz-checksum-crc32c")]
    [InlineData("x-amz-checksum-crc64nvme")]
    public void Cuts_do_not_change_a_checksum(string header)
    {
        byte[] bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        using Checksum single = Checksum.Find(header)!;
        foreach (byte b in bytes)
        {
            single.Add([b]);
        }

        string expected = single.Finish();
        for (int cut = 0; cut < 40; cut++)
        {
            using Checksum sum = Checksum.Find(header)!;
            sum.Add(bytes.AsSpan(0, cut));
            sum.Add(bytes.AsSpan(cut));
            Assert.Equal(expected, sum.Finish());
        }
    }
}
