using System.Buffers.Binary;
using System.Text;
using Slipway.Data.Diffs.Facts;

namespace Slipway.Data.Tests.Diffs;

public sealed class FactsReaderTests
{
    [Theory]
    [InlineData("a.csv", "x,y\n1,2\n3,4\n", 2, "x|y")]
    [InlineData("a.csv", "x,y\r\n1,2\r\n3,4", 2, "x|y")]
    [InlineData("a.csv", "\"x, of\ntwo lines\",y\n\"a \"\"quoted\"\"\nfield\",2\n\n", 1, "x, of\ntwo lines|y")]
    [InlineData("a.csv", "\n\na;b;c\n1;2;3\n", 1, "a|b|c")]
    [InlineData("a.tsv", "a\tb,c\n", 0, "a|b,c")]
    [InlineData("a.csv", "", 0, "")]
    public async Task Tables_as_text_have_rows_and_columns(string name, string text, long rows, string columns)
    {
        FileFacts facts = (await ReadAsync(name, Encoding.UTF8.GetBytes(text)))!;
        Assert.Equal((rows, columns), (facts.Rows, string.Join('|', facts.Columns)));
    }

    [Fact]
    public async Task Images_have_a_width_and_a_height()
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0];
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 17, 8, 1, 224, 2, 128, 3, 0];
        byte[] gif = [.. "GIF89a"u8, 128, 2, 224, 1, 0, 0, 0];
        byte[] bmp = [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 128, 2, 0, 0, 0x20, 0xFE, 0xFF, 0xFF, 0, 0];
        byte[] lossy = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 128, 2, 224, 1, 0];
        byte[] extended = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 0, 0, 0, 0, 0, 0, 0, 0, 127, 2, 0, 223, 1, 0, 0];
        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, 2, 0, 0, 1, 3, 0, 1, 0, 0, 0, 128, 2, 0, 0, 1, 1, 4, 0, 1, 0, 0, 0, 224, 1, 0, 0];
        foreach ((string format, byte[] bytes) in ((string, byte[])[])[("PNG", png), ("JPEG", jpeg), ("GIF", gif), ("BMP", bmp), ("WebP", lossy), ("WebP", extended), ("TIFF", tiff)])
        {
            FileFacts? facts = await ReadAsync("image", bytes);
            Assert.Equal((format, 640, 480), (facts?.Format, facts?.Width, facts?.Height));
        }
    }

    [Fact]
    public async Task Parquet_has_rows_and_the_columns_of_its_schema()
    {
        FileFacts facts = (await ReadAsync("t.parquet", Parquet()))!;
        Assert.Equal(("Parquet", 1500L, "id INT64|place.lat DOUBLE|place.name BYTE_ARRAY|last"), (facts.Format, facts.Rows, string.Join('|', facts.Columns)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Damaged_files_do_no_harm(int seed)
    {
        Random random = new(seed);
        byte[][] wholes = [Parquet(), [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 17, 8, 1, 224, 2, 128, 3, 0], [.. "MM\0*"u8, 0, 0, 0, 8, 0, 2, 1, 0, 0, 3, 0, 0, 0, 1, 2, 128, 0, 0, 1, 1, 0, 4, 0, 0, 0, 1, 0, 0, 1, 224], "a,b\n1,\"2\n"u8.ToArray()];
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. wholes[random.Next(wholes.Length)]];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            await ReadAsync(random.Next(2) == 0 ? "a.csv" : "a", bytes[..random.Next(bytes.Length + 1)]);
            await ReadAsync("b.csv", bytes);
        }
    }

    /// <summary>Four leaves, two of them in a group; a list and a map that nobody reads.</summary>
    private static byte[] Parquet()
    {
        static byte[] Element(string name, int? type, int? children)
        {
            List<byte> bytes = [];
            int last = 0;
            void Field(int id, int kind, params byte[] value)
            {
                bytes.Add((byte)(((id - last) << 4) | kind));
                bytes.AddRange(value);
                last = id;
            }

            if (type is { } t)
            {
                Field(1, 5, (byte)(t << 1));
            }

            Field(3, 5, 2);
            Field(4, 8, [(byte)name.Length, .. Encoding.UTF8.GetBytes(name)]);
            if (children is { } count)
            {
                Field(5, 5, (byte)(count << 1));
            }

            bytes.Add(0);
            return [.. bytes];
        }

        byte[] footer =
        [
            0x15, 4, 0x19, 0x6C,
            .. Element("schema", null, 3), .. Element("id", 2, null), .. Element("place", null, 2), .. Element("lat", 5, null), .. Element("name", 6, null), .. Element("last", null, null),
            0x16, 0xB8, 0x17, 0x19, 0x2C, 0x15, 2, 0, 0x15, 2, 0, 0x1B, 1, 0x88, 1, 65, 1, 66, 0x28, 3, 97, 98, 99, 0,
        ];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return [.. "PAR1"u8, 1, 2, 3, .. footer, .. length, .. "PAR1"u8];
    }

    private static async Task<FileFacts?> ReadAsync(string name, byte[] bytes) => await FactsReader.ReadAsync(new MemoryStream(bytes), name, CancellationToken.None);
}
