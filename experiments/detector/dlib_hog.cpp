// dlib_hog SCALE: dlib's frontal face detector on the pictures whose paths stand on standard input,
// enlarged SCALE (1 or 2) times. For each it prints a line "boxes seconds", then a line "x y width
// height confidence" for each box, in the picture's own pixels.
#include <dlib/image_io.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

int main(int, char **argv) {
    const int scale = std::atoi(argv[1]);
    dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
    for (std::string path; std::getline(std::cin, path);) {
        dlib::array2d<unsigned char> picture;
        dlib::load_image(picture, path);
        const std::clock_t began = std::clock();
        if (scale == 2)
            dlib::pyramid_up(picture);
        std::vector<dlib::rect_detection> found;
        detector(picture, found, -0.5);
        std::cout << found.size() << ' ' << double(std::clock() - began) / CLOCKS_PER_SEC << '\n';
        for (const dlib::rect_detection &face : found)
            std::cout << double(face.rect.left()) / scale << ' ' << double(face.rect.top()) / scale
                      << ' ' << double(face.rect.width()) / scale << ' '
                      << double(face.rect.height()) / scale << ' ' << face.detection_confidence
                      << '\n';
    }
}
