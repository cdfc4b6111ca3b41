using System.Diagnostics;
using Slipway.Linux.Zstd;

namespace Slipway.Linux.Tests.Zstd;

public sealed class ZstdStreamTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(300_000, 0)]
    [InlineData(5_000_000, 2)]
    public void What_is_compressed_comes_back(int length, int workers)
    {
        byte[] plain = Content(length);
        Assert.Equal(plain, Expand(Compress(plain, workers)));
    }

    [Fact]
    public void The_pieces_that_bytes_come_in_change_nothing()
    {
        byte[] plain = Content(700_000);
        using MemoryStream target = new();
        using (ZstdWriteStream zstd = new(target, level: 3, workers: 0))
        {
            for (int offset = 0; offset < plain.Length; offset += 997)
            {
                zstd.Write(plain.AsSpan(offset, Math.Min(997, plain.Length - offset)));
            }
        }

        Assert.Equal(Compress(plain, workers: 0), target.ToArray());
    }

    [Fact]
    public void Several_frames_are_one_content()
    {
        byte[] one = Content(70_000), two = Content(1_000);
        Assert.Equal([.. one, .. two], Expand([.. Compress(one, workers: 0), .. Compress(two, workers: 0)]));
    }

    [Fact]
    public void A_flipped_bit_and_an_early_end_are_found()
    {
        byte[] compressed = Compress(Content(200_000), workers: 0);
        Assert.Throws<InvalidDataException>(() => Expand(compressed[..^1]));
        Assert.Throws<InvalidDataException>(() => Expand(compressed[..(compressed.Length / 2)]));
        compressed[compressed.Length / 2] ^= 4;
        Assert.Throws<InvalidDataException>(() => Expand(compressed));
    }

    [Fact]
    public void The_program_of_that_name_reads_it()
    {
        byte[] plain = Content(100_000);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Compress(plain, workers: 2));
            using Process process = Process.Start(new ProcessStartInfo("zstd", ["-d", "-c", path]) { RedirectStandardOutput = true })!;
            using MemoryStream got = new();
            process.StandardOutput.BaseStream.CopyTo(got);
            process.WaitForExit();
            Assert.Equal(plain, got.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Half of it repeats, half does not.</summary>
    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content.AsSpan(0, length / 2));
        return content;
    }

    private static byte[] Compress(byte[] plain, int workers)
    {
        using MemoryStream target = new();
        using (ZstdWriteStream zstd = new(target, level: 3, workers))
        {
            zstd.Write(plain);
        }

        return target.ToArray();
    }

    private static byte[] Expand(byte[] compressed)
    {
        using ZstdReadStream zstd = new(new MemoryStream(compressed));
        using MemoryStream plain = new();
        zstd.CopyTo(plain);
        return plain.ToArray();
    }
}
